/** A body that was read before its route reads it. */
import { Readable } from 'node:stream';
import { errorCodes, type FastifyRequest, type RequestPayload } from 'fastify';

/** All of it. Rejects as fastify does where it is longer than `limit` bytes or cut short; the rest stays unread. */
export function readBody(request: FastifyRequest, payload: RequestPayload, limit: number): Promise<Buffer> {
  if (Number(request.headers['content-length']) > limit) return Promise.reject(tooLarge());
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    const settle = (error: Error | undefined) => {
      payload.off('data', onData).off('end', onEnd).off('error', settle).off('close', onClose);
      if (error === undefined) resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, length));
      else reject(Object.assign(error, { statusCode: (error as { statusCode?: number }).statusCode ?? 400 }));
    };
    const onData = (chunk: Buffer) => {
      length += chunk.length;
      if (length > limit) return settle(tooLarge());
      chunks.push(chunk);
    };
    const onEnd = () => settle(undefined);
    const onClose = () => settle(new Error('The request body was cut short.'));
    payload.on('data', onData).on('end', onEnd).on('error', settle).on('close', onClose);
  });
}

const tooLarge = () => new errorCodes.FST_ERR_CTP_BODY_TOO_LARGE();

/** The same bytes once more, for the parser of the route. */
export class ReadAgain extends Readable {
  readonly #body: Buffer;

  constructor(body: Buffer) {
    super();
    this.#body = body;
  }

  override _read(): void {
    if (this.#body.length > 0) this.push(this.#body);
    this.push(null);
  }
}

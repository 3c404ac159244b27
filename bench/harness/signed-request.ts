import { createHash, createHmac } from 'node:crypto';

export interface AccessKey {
  accessKeyId: string;
  secretAccessKey: string;
}

const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
const hmac = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest();

/** The headers that sign this POST to `/` with Signature Version 4, as of now. All given headers are signed. */
export function signatureHeaders(
  { accessKeyId, secretAccessKey }: AccessKey,
  given: Record<string, string>,
  body: string,
): Record<string, string> {
  const timestamp = `${new Date().toISOString().slice(0, 19).replace(/[-:]/g, '')}Z`;
  const headers = Object.entries({ ...given, 'x-amz-date': timestamp }).sort(([a], [b]) => (a < b ? -1 : 1));
  const names = headers.map(([name]) => name).join(';');
  const lines = headers.map(([name, value]) => `${name}:${value}\n`).join('');
  const canonical = ['POST', '/', '', lines, names, sha256(body)].join('\n');
  const scope = [timestamp.slice(0, 8), 'us-east-1', 'ecs', 'aws4_request'];
  const key = scope.reduce<string | Buffer>(hmac, `AWS4${secretAccessKey}`) as Buffer;
  const text = ['AWS4-HMAC-SHA256', timestamp, scope.join('/'), sha256(canonical)].join('\n');
  return {
    'x-amz-date': timestamp,
    authorization:
      `AWS4-HMAC-SHA256 Credential=${accessKeyId}/${scope.join('/')}, SignedHeaders=${names}, ` +
      `Signature=${hmac(key, text).toString('hex')}`,
  };
}

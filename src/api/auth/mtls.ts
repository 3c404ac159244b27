/**
 * Client certificates. The TLS connection has verified them against `--client-ca`; one of another authority lets no
 * connection fail, because its client may also show a key or a token.
 */
import { TLSSocket } from 'node:tls';
import type { FastifyRequest } from 'fastify';
import { AppError } from '../../core/errors.ts';
import type { Principal } from '../../core/principal.ts';
import { nothing, type Scopes } from '../../core/scopes.ts';
import type { AuthMethod } from './method.ts';

export interface ClientCertificateOptions {
  /** By common name. A certificate whose name is not in it is known and may do nothing. */
  scopes: ReadonlyMap<string, Scopes>;
  account: string;
}

export function clientCertificate({ scopes, account }: ClientCertificateOptions): AuthMethod {
  /** A connection's certificate never changes. Null: none was shown. */
  const known = new WeakMap<TLSSocket, Shown | null>();
  const shownOn = (socket: TLSSocket): Shown | null => {
    let shown = known.get(socket);
    if (shown === undefined) known.set(socket, (shown = readCertificate(socket, scopes, account)));
    return shown;
  };
  return {
    name: 'mtls',
    ofConnection: true,
    claims({ raw: { socket } }: FastifyRequest) {
      return socket instanceof TLSSocket && shownOn(socket) !== null;
    },
    authenticate({ raw: { socket } }) {
      const shown = shownOn(socket as TLSSocket);
      if (shown?.principal === undefined) throw new AppError('Unauthorized', shown?.refusal ?? '');
      return shown.principal;
    },
  };
}

interface Subject {
  CN?: string | string[];
}

interface Shown {
  principal?: Principal;
  refusal?: string;
}

/**
 * A resumed connection counts as authorized also where no certificate was ever shown, so one must be there and be
 * verified.
 */
function readCertificate(
  socket: TLSSocket,
  scopes: ReadonlyMap<string, Scopes>,
  account: string,
): Shown | null {
  // Null where the connection has just gone.
  const certificate = socket.getPeerCertificate() as { subject?: Subject } | null;
  if (certificate?.subject === undefined) return null;
  if (!socket.authorized) {
    return {
      refusal: 'The client certificate is not accepted: it is expired or not of an authority known here.',
    };
  }
  const name = certificate.subject.CN;
  if (typeof name !== 'string' || name === '') {
    return { refusal: 'The client certificate is not accepted: its subject must have one common name (CN).' };
  }
  return {
    principal: {
      subject: `certificate:${name}`,
      kind: 'certificate',
      scopes: scopes.get(name) ?? nothing,
      account,
    },
  };
}

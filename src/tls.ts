/** The certificates that the configuration names, read and checked before anything listens. */
import { createPrivateKey, X509Certificate, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';
import type { TlsMaterial } from './api/listener.ts';
import { ConfigError, type Config } from './config.ts';

/** Undefined without `--tls-cert`. Throws `ConfigError` naming the file at fault. */
export function readTls(config: Config): TlsMaterial | undefined {
  if (config.tlsCert === '') return undefined;
  const cert = read('--tls-cert', config.tlsCert);
  const key = read('--tls-key', config.tlsKey);
  const certificate = parsed('--tls-cert', config.tlsCert, 'certificate', () => new X509Certificate(cert));
  const privateKey = parsed('--tls-key', config.tlsKey, 'private key without a passphrase', () =>
    createPrivateKey(key),
  );
  refuseStrangers(certificate, privateKey, config);
  const clientCa = config.clientCa === '' ? undefined : read('--client-ca', config.clientCa);
  if (clientCa !== undefined) {
    parsed('--client-ca', config.clientCa, 'certificate', () => new X509Certificate(clientCa));
  }
  // What OpenSSL itself refuses, such as a key that is too short.
  parsed('--tls-cert', config.tlsCert, 'certificate chain that can be served', () =>
    createSecureContext({ cert, key }),
  );
  return { cert, key, ...(clientCa && { clientCa }) };
}

function read(flag: string, file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new ConfigError(`${flag} ${file}: it cannot be read: ${(error as Error).message}`);
  }
}

function parsed<T>(flag: string, file: string, what: string, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    throw new ConfigError(`${flag} ${file}: it holds no PEM ${what}: ${(error as Error).message}`);
  }
}

function refuseStrangers(certificate: X509Certificate, key: KeyObject, config: Config): void {
  if (certificate.checkPrivateKey(key)) return;
  throw new ConfigError(
    `--tls-key ${config.tlsKey}: it is not the private key of the certificate in --tls-cert ${config.tlsCert}`,
  );
}

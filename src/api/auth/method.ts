/** One way to say who calls. To add one: a file beside this one, and a line in `src/auth-methods.ts`. */
import type { FastifyRequest } from 'fastify';
import type { Principal } from '../../core/principal.ts';
import type { Sooner } from '../../core/sooner.ts';

export interface AuthMethod {
  /** For the log and for tests. */
  readonly name: string;
  /** Whether the request carries a credential of this kind, good or bad. Costs next to nothing. */
  claims(request: FastifyRequest): boolean;
  /** True where the credential covers the body: `authenticate` is then called once that was read. */
  readonly coversBody?: boolean;
  /**
   * True where the credential comes with the connection, whatever is asked: it says who calls only where the request
   * itself claims nothing.
   */
  readonly ofConnection?: boolean;
  /**
   * Throws `AppError`: `Unauthorized`, or what Signature Version 4 says instead. The message never holds the
   * credential, nor tells an unknown name from a wrong secret.
   */
  authenticate(request: FastifyRequest, body?: Buffer | string): Sooner<Principal>;
  /**
   * Who that caller is by now, where `authenticate` cannot be asked twice: a signature is good for one request. Throws
   * as that does.
   */
  renew?(principal: Principal): Sooner<Principal>;
  /** Ends what was started for it; called when the server closes. */
  close?(): Promise<void>;
}

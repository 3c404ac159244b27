/** Who did what: one entry per call that changes something, and per login, good or bad. */
export interface AuditEntry {
  /** RFC 3339 in UTC, with milliseconds. */
  at: string;
  requestId: string;
  subject: string;
  /** How the caller said who it is: `api-key`, `token` … */
  kind: string;
  keyId?: string;
  account: string;
  /** IP address of the client; empty for the data directory's own socket. */
  address: string;
  face: string;
  /** `RunTask`, `POST /auth/keys`, `login` … */
  operation: string;
  /** What it was done to, where the call names it: an ARN, an id, a name. Never a secret. */
  target?: string;
  /** HTTP status. */
  status: number;
  result: 'success' | 'denied' | 'failure';
  /** The error's code, where there is one. */
  error?: string;
}

export interface AuditQuery {
  subject?: string;
  account?: string;
  operation?: string;
  face?: string;
  result?: AuditEntry['result'];
  /** Epoch ms. */
  since?: number;
  until?: number;
  limit?: number;
}

export interface AuditLog {
  /** Outlives a kill of this process once it returns. Where it cannot be written, that is logged and the call goes on. */
  append(entry: AuditEntry): void;
  /** Newest first. Reads as it goes. */
  read(query: AuditQuery): AsyncIterable<AuditEntry>;
  close(): Promise<void>;
}

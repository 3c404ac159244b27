/** Who did what: one entry per call that changes something, and per login, good or bad. */
export interface AuditEntry {
  /** When it was answered. RFC 3339 in UTC, with milliseconds. */
  at: string;
  requestId: string;
  /** `user:ann`, `key:4f1c…`; `unknown` where no credential, or none that is good, was shown. */
  subject: string;
  /** How the caller said who it is: `api-key`, `token` …; `anonymous` and `unknown` are nobody that could be named. */
  kind: string;
  keyId?: string;
  /** 12 digits; empty for callers of kind `unknown`. */
  account: string;
  /** IP address of the client; empty for the data directory's own socket. */
  address: string;
  face: string;
  /** `RunTask`, `POST /auth/keys` … */
  operation: string;
  /** What it was done to, where the call names it: an ARN, an id, a name. Never a secret. */
  target?: string;
  /** HTTP status. */
  status: number;
  /** `denied`: refused at the front door or by a policy. `failure`: any other answer of 400 and above. */
  result: 'success' | 'denied' | 'failure';
  /** The error's code as the caller was told it, where there is one. */
  error?: string;
}

export interface AuditQuery {
  subject?: string;
  account?: string;
  operation?: string;
  face?: string;
  result?: AuditEntry['result'];
  /** Epoch ms; entries of this moment and later. */
  since?: number;
  /** Epoch ms; entries before this moment. */
  until?: number;
  /** The cursor of an entry: only what is older than that one. */
  before?: string;
}

/** An entry with where it stands, for a reader that wants to go on after it. */
export interface FoundEntry {
  entry: AuditEntry;
  cursor: string;
}

export interface AuditLog {
  /**
   * Calls back once the entry outlives a kill of this process. Where it cannot be written, that is logged, told in
   * `problem`, and the call goes on: `written` comes all the same. What callers do whom nobody can name is kept apart,
   * so that they cannot push out what the others did.
   */
  append(entry: AuditEntry, written: () => void): void;
  /** Newest first. Reads as it goes. Throws `AppError` InvalidParameter for a cursor that is none. */
  read(query: AuditQuery): AsyncIterable<FoundEntry>;
  /** Why entries are lost at present. */
  readonly problem: string | undefined;
  /** Writes what waits. */
  close(): Promise<void>;
}

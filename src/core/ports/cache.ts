/**
 * The cache port: texts that may be forgotten at any time. It may be down; whoever asks goes on without it, so an
 * adapter says so by throwing and never by waiting long.
 */
export interface Cache {
  get(key: string): Promise<string | undefined>;
  /** A text that is too large is not kept, and neither is the one before it. */
  set(key: string, text: string, ttlMs: number): Promise<void>;
  /** Forgets everything. Where it is down, nothing of before is answered once it is back. */
  clear(): Promise<void>;
  /** Throws why nothing can be kept now. */
  check(): Promise<void>;
  /** What is kept may outlive it. */
  close(): Promise<void>;
}

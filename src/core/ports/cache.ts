/**
 * The cache port: texts that may be forgotten at any time. It may be down; whoever asks goes on without it, so an
 * adapter says so by throwing and never by waiting long.
 */
export interface Cache {
  get(key: string): Promise<string | undefined>;
  set(key: string, text: string, ttlMs: number): Promise<void>;
  /** Forgets everything. */
  clear(): Promise<void>;
}

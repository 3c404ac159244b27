/** Keeps secrets that have to be known again, with a key that lives beside the data, never in the database. */
export interface Sealer {
  /** What comes back differs each time, holds nothing of `text`, and may be stored. */
  seal(text: string): string;
  /** Throws where it was altered, or sealed with another key. */
  open(sealed: string): string;
}

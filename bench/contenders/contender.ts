/** Something that starts containers. */
export interface Contender {
  name: string;
  /**
   * Starts one whose first process makes the file `stamp`. Resolves when the API has answered, with what `remove`
   * needs. The work before the container runs may go on behind it.
   */
  start(stamp: string): Promise<string>;
  /** Resolves when nothing is left of it. */
  remove(handle: string): Promise<void>;
  /** What is known about why it does not run. */
  explain(handle: string): Promise<string>;
}

/** Where the stamps' directory is in the container. */
export const stampsPath = '/stamps';
export const publishedPort = 80;
export const memoryMiB = 16;

/** The shell itself makes the file, by the redirection of a command that does nothing, and then stays up. */
export const commandFor = (stamp: string) => ['sh', '-c', `: > ${stampsPath}/${stamp}; exec sleep 100000`];

/** What goes with an image between an engine and a registry. */
export interface RegistryAuth {
  username: string;
  password: string;
}

export interface PullProgress {
  /** Text for people, e.g. "Downloading 3.1 of 12.4 MB". */
  status: string;
  layer?: string;
  currentBytes?: number;
  totalBytes?: number;
}

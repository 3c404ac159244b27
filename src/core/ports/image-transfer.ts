/** What goes with an image between an engine and a registry. */
export interface RegistryAuth {
  username: string;
  password: string;
}

/** What is shown to a registry, by what references call it: `docker.io`, host[:port]. Undefined: nothing. */
export type CredentialSource = (registry: string) => Promise<RegistryAuth | undefined>;

export interface PullProgress {
  /** Text for people, e.g. "Downloading 3.1 of 12.4 MB". */
  status: string;
  layer?: string;
  currentBytes?: number;
  totalBytes?: number;
}

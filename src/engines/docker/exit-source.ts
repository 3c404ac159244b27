/** Where the engine learns that a container has ended. The Docker engine reads events; others know faster ways. */
export interface ContainerExit {
  containerId: string;
  exitCode: number;
  /** Absent: the engine is asked. */
  oomKilled?: boolean;
  /** Epoch ms. */
  at: number;
}

export interface ExitListener {
  exited(exit: ContainerExit): void;
  /** Exits may have been missed. */
  resync(): void;
  health(available: boolean, reason?: string): void;
}

export interface ExitSource {
  /** Resolves once no exit from now on is missed; throws EngineUnavailable. Goes on until the signal fires. */
  open(listener: ExitListener, signal: AbortSignal): Promise<void>;
  /** Resolves when, after the signal, everything of it is closed. */
  closed(): Promise<void>;
}

/** How much of the machine is used. Measured in the background, so that asking takes no time. */
export interface MachineMeter {
  read(): MachineUsage;
}

export interface MachineUsage {
  /** Epoch ms of the measurement. */
  at: number;
  cores: number;
  /** Of all cores together, 0 to 100, over the last few seconds. */
  cpuPercent: number;
  /** Runnable processes over 1, 5 and 15 minutes. */
  load: [number, number, number];
  memoryUsedBytes: number;
  memoryTotalBytes: number;
  /** Of the file system that holds the server's data. */
  diskUsedBytes: number;
  diskTotalBytes: number;
  /** Over the physical interfaces since the machine started, and per second over the last few. */
  networkRxBytes: number;
  networkTxBytes: number;
  networkRxBytesPerSecond: number;
  networkTxBytesPerSecond: number;
}

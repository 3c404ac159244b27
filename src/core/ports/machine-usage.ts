/** How much of the machine is used. Measured in the background, so that asking takes no time. */
export interface MachineMeter {
  read(): MachineUsage;
}

export interface MachineUsage {
  /** Epoch ms of the measurement. */
  at: number;
  cores: number;
  /** Of all cores together, 0 to 100, over the last few seconds. Waiting for disks is not use. */
  cpuPercent: number;
  /** Since the machine started, all cores together, in ticks of the kernel: busy, and all there were. */
  cpuBusyTicks: number;
  cpuTicks: number;
  /** Runnable processes over 1, 5 and 15 minutes. */
  load: [number, number, number];
  /** What programs could not get: caches that can be given up are not in it. */
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

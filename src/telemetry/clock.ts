/** The machine's own time. */
export const systemClock = {
  now: (): number => Date.now(),
  after(ms: number, fn: () => void): { cancel(): void } {
    const timer = setTimeout(fn, ms);
    timer.unref();
    return { cancel: () => clearTimeout(timer) };
  },
};

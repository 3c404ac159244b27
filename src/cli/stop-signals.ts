/** npm passes on a Ctrl-C that the terminal has sent to its child already: two signals within this time are one. */
const sameSignalMs = 500;

/**
 * Calls `stop` at the first SIGINT or SIGTERM; the second one ends the process where it stands. Returns what gives
 * the signals back their usual effect.
 */
export function onStopSignal(stop: (signal: NodeJS.Signals) => void): () => void {
  let firstAt: number | undefined;
  const onSignal = (signal: NodeJS.Signals) => {
    const now = performance.now();
    if (firstAt === undefined) {
      firstAt = now;
      stop(signal);
    } else if (now - firstAt >= sameSignalMs) {
      process.exit(130);
    }
  };
  process.on('SIGTERM', onSignal).on('SIGINT', onSignal);
  return () => void process.off('SIGTERM', onSignal).off('SIGINT', onSignal);
}

/** Does `work` so many times, at most `concurrency` at once. */
export async function inParallel(
  count: number,
  concurrency: number,
  work: () => Promise<void>,
): Promise<void> {
  let left = count;
  const worker = async () => {
    while (left-- > 0) await work();
  };
  await Promise.all(Array.from({ length: concurrency }, worker));
}

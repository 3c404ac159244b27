/** Short texts put together for one write: thousands of lines a second would else be as many system calls. */
const mostCharacters = 64 * 1024;

/** What comes within one turn of the event loop comes as one text. Nothing waits longer than that. */
export async function* batched(texts: AsyncIterable<string>): AsyncGenerator<string> {
  const source = texts[Symbol.asyncIterator]();
  let next = asked(source);
  try {
    while (true) {
      const first = await next;
      if (first.done === true) return;
      let text = first.value;
      next = asked(source);
      const turned = turn();
      while (text.length < mostCharacters) {
        const more = await Promise.race([next, turned]).catch(failedLater);
        if (more === undefined || more.done === true) break;
        text += more.value;
        next = asked(source);
      }
      yield text;
    }
  } finally {
    await source.return?.();
  }
}

/** Asked for before somebody waits for it, so that its failure is told to whoever does and to nobody else. */
function asked(source: AsyncIterator<string>): Promise<IteratorResult<string, unknown>> {
  const next = source.next();
  next.catch(() => undefined);
  return next;
}

/** What came before a failure is told first; the failure is when the next is waited for. */
const failedLater = (): undefined => undefined;

const turn = (): Promise<undefined> => new Promise((resolve) => setImmediate(() => resolve(undefined)));

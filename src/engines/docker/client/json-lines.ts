const maxLineBytes = 16 * 1024 * 1024;

/** One value per line, however the transport cut them. */
export async function* jsonLines<T>(source: AsyncIterable<Buffer>): AsyncGenerator<T> {
  let waiting: Buffer[] = [];
  let size = 0;
  for await (const chunk of source) {
    let start = 0;
    for (let end = chunk.indexOf(10); end >= 0; end = chunk.indexOf(10, start)) {
      const line = Buffer.concat([...waiting, chunk.subarray(start, end)]).toString('utf8');
      waiting = [];
      size = 0;
      start = end + 1;
      if (line.trim()) yield JSON.parse(line) as T;
    }
    waiting.push(chunk.subarray(start));
    size += chunk.length - start;
    if (size > maxLineBytes) throw new Error(`a line of more than ${maxLineBytes} bytes`);
  }
  const rest = Buffer.concat(waiting).toString('utf8');
  if (rest.trim()) yield JSON.parse(rest) as T;
}

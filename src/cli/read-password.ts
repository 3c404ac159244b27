import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { CliError } from './failure.ts';

/** Never an argument, which every process of the machine can see: asked for twice at a terminal, else a line of stdin. */
export async function readPassword(): Promise<string> {
  if (!process.stdin.isTTY) return firstLine();
  const password = await ask('Password: ');
  if (password !== (await ask('Again: '))) throw new CliError('the two are not the same');
  return password;
}

async function firstLine(): Promise<string> {
  let text = '';
  for await (const chunk of process.stdin.setEncoding('utf8')) text += chunk as string;
  const line = text.split(/\r?\n/, 1).join();
  if (line === '')
    throw new CliError('no password on standard input: pipe it in, or run this at a terminal', 2);
  return line;
}

async function ask(question: string): Promise<string> {
  process.stderr.write(question);
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  const lines = createInterface({ input: process.stdin, output: silent, terminal: true });
  const interrupted = new AbortController();
  lines.once('SIGINT', () => interrupted.abort());
  try {
    return await lines.question('', { signal: interrupted.signal });
  } catch {
    throw new CliError('interrupted', 130);
  } finally {
    lines.close();
    process.stderr.write('\n');
  }
}

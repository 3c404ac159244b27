/** Programs of Piston's clients, run over HTTP in real sandboxes. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApiKey } from '../../src/core/credentials.ts';
import { inDataDirectory } from '../fixtures/credentials.ts';
import { startServer, type TestServer } from '../fixtures/server.ts';

interface Answer {
  status: number;
  body: Record<string, unknown> & { run: Record<string, unknown> };
}

let server: TestServer;
beforeAll(async () => {
  server = await startServer();
});
afterAll(() => server?.stop());

async function ask(
  url: string,
  method: string,
  body?: unknown,
  headers: Record<string, string> = {},
): Promise<Answer> {
  const response = await fetch(url, {
    method,
    headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: (await response.json()) as Answer['body'] };
}
const execute = (body: object) => ask(`${server.url}/api/v2/execute`, 'POST', { version: '*', ...body });
const program = (language: string, content: string, more: object = {}) =>
  execute({ language, files: [{ content }], ...more });
const anyNumber = expect.any(Number) as number;

const ended = {
  stderr: '',
  code: 0,
  signal: null,
  message: null,
  status: null,
  cpu_time: anyNumber,
  wall_time: anyNumber,
  memory: anyNumber,
};

describe('a program', () => {
  it.each([
    ['python', 'import sys\nprint(sys.argv[1:], input(), __name__)', "['a', 'b c'] hello __main__\n"],
    [
      'js',
      'process.stdin.on("data", (text) => console.log(process.argv.slice(2), `${text}`, require.main === module))',
      "[ 'a', 'b c' ] hello true\n",
    ],
  ])('in %s gets arguments and standard input', async (language, content, stdout) => {
    const { status, body } = await program(language, content, { args: ['a', 'b c'], stdin: 'hello' });
    expect(status).toBe(200);
    expect(body).toEqual({
      language: language === 'js' ? 'javascript' : 'python',
      version: expect.stringMatching(/^\d+\.\d+\.\d+$/) as string,
      run: { ...ended, stdout, output: stdout },
    });
    expect(body.run['memory']).toBeGreaterThan(1_000_000);
  });

  it('has files of its own, in directories and in other encodings', async () => {
    const files = [
      { name: 'data/bytes.bin', content: Buffer.from([0, 255]).toString('base64'), encoding: 'base64' },
      {
        name: 'main.py',
        content: 'import lib.other\nprint(open("data/bytes.bin", "rb").read(), lib.other.value)',
      },
      { name: 'lib/other.py', content: Buffer.from('value = "ä"').toString('hex'), encoding: 'hex' },
    ];
    const { body } = await execute({ language: 'py3', files });
    expect(body.run).toMatchObject({ code: 0, stdout: "b'\\x00\\xff' ä\n" });
  });

  it('gets as many arguments as fit into a request', async () => {
    const args = Array<string>(7).fill('x'.repeat(131_071));
    const { body } = await program('python', 'import sys\nprint(sum(map(len, sys.argv[1:])))', { args });
    expect(body.run).toMatchObject({ code: 0, stdout: '917497\n' });
  });

  it('tells its exit code, and what it wrote where', async () => {
    const source = 'console.log("one"); console.error("two"); process.exitCode = 3;';
    const { body } = await program('javascript', source);
    expect(body.run).toMatchObject({ code: 3, signal: null, stdout: 'one\n', stderr: 'two\n', status: 'RE' });
    const thrown = await program('python', 'def f():\n    raise ValueError("boom")\nf()', {});
    expect(thrown.body.run).toMatchObject({ code: 1, status: 'RE' });
    expect(thrown.body.run['stderr']).toMatch(
      /^Traceback.*\n {2}File "\/tmp\/program\/file0\.code", line 3.*ValueError: boom\n$/s,
    );
    expect(thrown.body.run['stderr']).not.toContain('runner');
  });

  it('may exit as programs do, and write without a newline', async () => {
    const { body } = await program('python', 'import sys\nsys.stdout.write("x")\nexit(0)');
    expect(body.run).toMatchObject({ code: 0, stdout: 'x', status: null });
  });

  it('is killed when its time is over, with all that it started and what it wrote until then', async () => {
    const source = 'import os, time\nprint("begun", flush=True)\nos.fork()\nwhile True: time.sleep(1)';
    const { status, body } = await program('python', source, { run_timeout: 2000 });
    expect(status).toBe(200);
    expect(body.run).toMatchObject({ code: null, signal: 'SIGKILL', status: 'TO', stdout: 'begun\n' });
    expect(body.run['wall_time']).toBeGreaterThanOrEqual(1999);
  });

  it('is killed when its time on the processor is over', async () => {
    const { body } = await program('python', 'while True: pass', { run_timeout: 20_000, run_cpu_time: 200 });
    expect(body.run).toMatchObject({ signal: 'SIGKILL', status: 'TO' });
    expect(body.run['cpu_time']).toBeGreaterThanOrEqual(200);
  });

  it('is killed when it writes too much, and what came first is kept', async () => {
    const { body } = await program('python', 'while True: print("x" * 99)', { run_timeout: 20_000 });
    expect(body.run).toMatchObject({ signal: 'SIGKILL', status: 'OL' });
    expect(body.run['stdout']).toHaveLength(65_536);
    const errors = await program('js', 'for (;;) console.error("x".repeat(999))', { run_timeout: 20_000 });
    expect(errors.body.run).toMatchObject({ signal: 'SIGKILL', status: 'EL' });
  });

  it('is killed when it takes too much memory', async () => {
    const source = 'held = []\nwhile True: held.append(bytearray(1 << 20))';
    const { body } = await program('python', source, { run_timeout: 20_000, run_memory_limit: 32 << 20 });
    expect(body.run).toMatchObject({ code: null, signal: 'SIGKILL', status: 'SG' });
  });

  it('that ends itself by a signal says which', async () => {
    const { body } = await program('python', 'import os, signal\nos.kill(os.getpid(), signal.SIGTERM)');
    expect(body.run).toMatchObject({ code: null, signal: 'SIGTERM', status: 'SG' });
  });

  it('sees nothing of the server, of the network or of the program before', async () => {
    const source = [
      'import os, socket',
      'print(sorted(os.environ), os.listdir("/tmp"), os.getpid() > 1)',
      'try: socket.create_connection(("127.0.0.1", 80), 1)',
      'except OSError as error: print("no network")',
      'open("/tmp/left", "w").close()',
    ].join('\n');
    const seen = "['HOME', 'LANG', 'PATH', 'TZ'] ['program'] True\nno network\n";
    for (let twice = 0; twice < 2; twice++) {
      const { body } = await program('python', source);
      expect(body.run).toMatchObject({ code: 0, stdout: seen });
    }
  });

  it('cannot say anything that is not of the shape of an answer', async () => {
    const forged =
      'const { writeSync } = require("fs"); for (let fd = 3; fd < 20; fd++) try { writeSync(fd, "{}") } catch {}';
    expect((await program('js', forged)).body.run).toMatchObject({ code: 0, stdout: '' });
  });
});

describe('languages', () => {
  it('are listed as Piston lists them, and are known by every alias', async () => {
    const { status, body } = await ask(`${server.url}/api/v2/runtimes`, 'GET');
    expect(status).toBe(200);
    const runtimes = body as unknown as { language: string; version: string; aliases: string[] }[];
    expect(runtimes).toEqual([
      expect.objectContaining({ language: 'javascript', runtime: 'node', version: process.versions.node }),
      expect.objectContaining({ language: 'python', aliases: ['py', 'py3', 'python3'] }),
    ]);
    const [major, minor] = process.versions.node.split('.');
    for (const version of [
      '*',
      'x',
      `${major}`,
      `${major}.x`,
      `${major}.${minor}.*`,
      process.versions.node,
      `^${major}.0.0`,
      '>=18',
    ]) {
      expect([version, (await program('node', '1', { version })).status]).toEqual([version, 200]);
    }
    for (const version of ['18.15.0', '', 'latest', '>=99', '~19.1']) {
      const refused = await program('node', '1', { version });
      expect([version, refused.status]).toEqual([version, 400]);
      expect(refused.body['message']).toMatch(/runtime is unknown: there are javascript/);
    }
  });

  it('are not installed over this API', async () => {
    for (const method of ['GET', 'POST', 'DELETE']) {
      const { status, body } = await ask(
        `${server.url}/api/v2/packages`,
        method,
        method === 'GET' ? undefined : {},
      );
      expect(status).toBe(501);
      expect(body).toEqual({ message: expect.stringContaining('not installed over this API') as string });
    }
  });
});

describe('a request that cannot be answered', () => {
  const files = [{ content: '1' }];
  const named = (...names: string[]) => names.map((name) => ({ name, content: '1' }));
  it.each([
    [{}, /language/],
    [{ language: 'python' }, /files/],
    [{ language: 'python', files: [] }, /files/],
    [{ language: 'python', files: [{}] }, /content/],
    [{ language: 'python', files, version: [] }, /version/],
    [{ language: 'cobol', files }, /cobol-\* runtime is unknown/],
    [{ language: 'python', files: [{ content: 'AA==', encoding: 'base64' }] }, /utf8/],
    [{ language: 'python', files, run_timeout: 60_001 }, /run_timeout must be <= 60000/],
    [{ language: 'python', files, run_timeout: 'soon' }, /run_timeout must be integer/],
    [{ language: 'python', files: [{ name: '../x', content: '1' }] }, /files\[0\]\.name/],
    [{ language: 'python', files: [{ name: '/etc/x', content: '1' }] }, /files\[0\]\.name/],
    [{ language: 'python', files: [{ name: '-c', content: '1' }] }, /files\[0\]\.name/],
    [{ language: 'python', files: named('a', 'a/b') }, /files\[1\]\.name: 'a\/b' must not lie below 'a'/],
    [
      { language: 'python', files: named('a/b/c', 'a') },
      /files\[0\]\.name: 'a\/b\/c' must not lie below 'a'/,
    ],
    [{ language: 'python', files: named('😀'.repeat(64)) }, /files\[0\]\.name: .* at most 255 bytes/],
    [{ language: 'python', files, args: ['a', 'b\0c'] }, /args\[1\] must have no NUL/],
    [
      { language: 'python', files, args: ['a', 'x'.repeat(128 * 1024)] },
      /args\[1\] must have .* at most 131071 bytes/,
    ],
  ])('is refused with a message, number %#', async (body, message) => {
    const { status, body: answer } = await execute(body);
    expect(status).toBe(400);
    expect(answer).toEqual({ message: expect.stringMatching(message) as string });
  });

  it('with another content type, or with JSON that is none', async () => {
    const send = (type: string) =>
      fetch(`${server.url}/api/v2/execute`, { method: 'POST', headers: { 'content-type': type }, body: '{' });
    const plain = await send('text/plain');
    expect([plain.status, await plain.json()]).toEqual([415, { message: expect.any(String) as string }]);
    expect((await send('application/json')).status).toBe(400);
  });
});

describe('where credentials are asked for', () => {
  let dataDir: string;
  let guarded: TestServer;
  const keys: Record<string, string> = {};
  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'longshore-piston-'));
    await inDataDirectory(dataDir, async (core, owner) => {
      keys['runner'] = (await createApiKey(core, owner, { scopes: ['execute:script'] })).key;
      keys['limited'] = (
        await createApiKey(core, owner, { scopes: ['execute:script'], limits: { execute: 1 } })
      ).key;
      keys['other'] = (await createApiKey(core, owner, { scopes: ['execute:all'] })).key;
    });
    guarded = await startServer({ dataDir, flags: ['--auth', 'required'] });
  });
  afterAll(async () => {
    await guarded?.stop();
    await rm(dataDir, { recursive: true, force: true });
  });

  it('programs need the scope for code of the caller, and count in its limit', async () => {
    const run = (key?: string) =>
      ask(
        `${guarded.url}/api/v2/execute`,
        'POST',
        { language: 'python', version: '*', files: [{ content: 'print(1)' }] },
        key === undefined ? {} : { authorization: `Bearer ${keys[key]}` },
      );
    const refused = { message: expect.any(String) as string };
    expect(await run()).toEqual({ status: 401, body: refused });
    expect(await run('other')).toEqual({ status: 403, body: refused });
    expect(await run('runner')).toMatchObject({ status: 200, body: { run: { stdout: '1\n' } } });
    expect((await run('limited')).status).toBe(200);
    expect(await run('limited')).toEqual({ status: 429, body: refused });
  });
});

/** Processes in single containers: over a WebSocket with their streams as they go, and over HTTP to their end. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { containersClient, type ContainersClient } from '../fixtures/containers.ts';
import { ExecClient } from '../fixtures/exec-client.ts';
import { createKey } from '../fixtures/keys.ts';
import { LiveClient } from '../fixtures/live.ts';
import { until } from '../fixtures/processes.ts';
import { startServer, type TestServer } from '../fixtures/server.ts';
import { LOCAL_ENGINES, useWorkshop } from '../fixtures/workshop.ts';

interface Ran {
  exit_code: number | null;
  timed_out: boolean;
  stdout: string;
  stderr: string;
  truncated: boolean;
}

const execUrl = (url: string, container: string, query: Record<string, string> = {}) =>
  `${url}/api/v1/containers/${container}/exec?${new URLSearchParams(query).toString()}`;

describe.each(LOCAL_ENGINES)('in a container of %s', (kind) => {
  const workshop = useWorkshop(kind);
  let client: ContainersClient;
  let id: string;
  beforeAll(async () => {
    client = containersClient(workshop.it.server.url);
    const body = { name: 'host', image: workshop.it.image, command: ['sleep', '100000'], start: true };
    id = (await client.data<{ id: string }>('POST', '/containers', body)).id;
  });
  afterAll(() => client.data('DELETE', '/containers/host?force=true'));

  const open = (query: Record<string, string> = {}) =>
    new ExecClient(execUrl(workshop.it.server.url, 'host', query));
  const run = (body: object) => client.data<Ran>('POST', `/containers/${id}/exec`, body);
  /** Command lines of the processes in the container. */
  const processes = async () =>
    (await client.data<{ processes: string[][] }>('GET', '/containers/host/top')).processes.map((each) =>
      each.at(-1),
    );

  it('has its streams and its exit code', async () => {
    const process = open();
    await process.opened();
    process.send({
      type: 'start',
      command: ['sh', '-c', 'read line; echo "$line $SAYS $(pwd) $(id -u)"; echo err >&2; exit 7'],
      environment: { SAYS: 'hello' },
      working_dir: '/tmp',
      user: 'app',
    });
    // Right behind it: what comes before there is a process waits for it.
    process.write('first\n');
    expect(await process.control('exit')).toEqual({ type: 'exit', exit_code: 7 });
    expect([process.stdout, process.stderr]).toEqual(['first hello /tmp 1000\n', 'err\n']);
    expect(await process.ended()).toMatchObject({ code: 1000 });
  });

  it('is asked for in the URL too, and hears of the end of its input', async () => {
    const process = open({ command: `sh -c 'cat | tail -n 1'` });
    await process.control('started');
    process.write('first\nlast\n');
    process.send({ type: 'eof' });
    expect(await process.control('exit')).toEqual({ type: 'exit', exit_code: 0 });
    expect(process.stdout).toBe('last\n');
  });

  it('has a terminal of the size it is given, and of every later one', async () => {
    const process = open({ command: 'sh', tty: 'true', columns: '101', rows: '37' });
    await process.control('started');
    const size = (words: string) =>
      until(words, async () => {
        process.write('stty size\n');
        return process.stdout.includes(words);
      });
    await size('37 101');
    process.send({ type: 'resize', columns: 90, rows: 20 });
    await size('20 90');
    process.write('exit 3\n');
    expect(await process.control('exit')).toEqual({ type: 'exit', exit_code: 3 });
  });

  it.each(['false', 'true'])('ends with its client, with all that it started (tty=%s)', async (tty) => {
    const left = open({ command: `sh -c 'sleep 54321; true'`, tty });
    await left.control('started');
    await until('its child', async () => (await processes()).some((each) => each === 'sleep 54321'));
    left.socket.terminate();
    await until('its end', async () => !(await processes()).some((each) => each?.includes('54321')));
  });

  it('ends also where it ignores that its client has gone', async () => {
    const left = open({ command: `sh -c "trap '' HUP TERM; while :; do sleep 0.2; done # stubborn"` });
    await left.control('started');
    await until('its start', async () => (await processes()).some((each) => each?.includes('stubborn')));
    left.socket.terminate();
    await until('its end', async () => !(await processes()).some((each) => each?.includes('stubborn')));
  });

  it('waits for a client that does not read, and loses nothing', async () => {
    const bytes = 24 * 1024 * 1024;
    const process = open({ command: `sh -c 'yes | head -c ${bytes}; touch /tmp/written'` });
    await process.control('started');
    process.socket.pause();
    const written = async () => (await run({ command: 'test -e /tmp/written' })).exit_code;
    // Long after everything between has filled.
    for (let at = 0; at < 5; at++) expect(await written()).toBe(1);
    process.socket.resume();
    await process.control('exit');
    expect(process.received).toBe(bytes);
    expect(await written()).toBe(0);
  });

  it('runs to its end over HTTP', async () => {
    const command = ['sh', '-c', 'read line; echo "$line $SAYS"; echo err >&2; exit 3'];
    expect(await run({ command, input: 'hello\n', environment: ['SAYS=world'] })).toEqual({
      exit_code: 3,
      timed_out: false,
      stdout: 'hello world\n',
      stderr: 'err\n',
      truncated: false,
    });
    expect(await run({ command: 'cat' })).toMatchObject({ exit_code: 0, stdout: '' });
  });

  it('is ended when its time over HTTP is over', async () => {
    const command = `sh -c 'echo begun; sleep 65432'`;
    expect(await run({ command, timeout: 1 })).toMatchObject({
      exit_code: null,
      timed_out: true,
      stdout: 'begun\n',
    });
    expect((await processes()).filter((each) => each?.includes('65432'))).toEqual([]);
  });

  it('is ended when the client of HTTP goes', async () => {
    const gone = new AbortController();
    const asked = fetch(execUrl(workshop.it.server.url, 'host'), {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ command: 'sleep 76543' }),
      signal: gone.signal,
    });
    await until('its start', async () => (await processes()).some((each) => each === 'sleep 76543'));
    gone.abort();
    await expect(asked).rejects.toThrow();
    await until('its end', async () => !(await processes()).some((each) => each?.includes('76543')));
  });

  it('tells at most 1 MiB of each stream, and the true exit code', async () => {
    const { stdout, ...result } = await run({ command: `sh -c 'yes | head -c 3000000; exit 5'` });
    expect(result).toMatchObject({ exit_code: 5, truncated: true, stderr: '' });
    expect(stdout.length).toBe(1024 * 1024);
  });

  it('says which program is not there', async () => {
    const { exit_code, stdout, stderr } = await run({ command: 'no-such-program' });
    expect(exit_code).toBeGreaterThanOrEqual(126);
    expect(stdout + stderr).toContain('no-such-program');
  });

  it('is refused, naming what is wrong', async () => {
    const bad = { command: [], working_dir: 'tmp', user: 'a b', comand: 'ls', timeout: 0 };
    expect((await client.refused(400, 'POST', '/containers/host/exec', bad)).sort()).toEqual(
      Object.keys(bad).sort(),
    );
    const socket = open({ command: 'ls', columns: '0', tty: 'maybe', unknown: 'x' });
    expect(await socket.control('error')).toMatchObject({
      code: 400,
      errors: expect.arrayContaining(
        ['columns', 'rows', 'tty', 'unknown'].map((field): unknown => expect.objectContaining({ field })),
      ) as unknown[],
    });
    expect(await socket.ended()).toEqual({ code: 4400, reason: 'Bad Request' });
    const second = open();
    await second.opened();
    second.send({ type: 'begin' });
    expect(await second.control('error')).toMatchObject({ code: 400, errors: [{ field: 'type' }] });
  });

  it('is refused in a container that is not there, or does not run', async () => {
    const missing = new ExecClient(execUrl(workshop.it.server.url, 'nothing', { command: 'ls' }));
    expect(await missing.control('error')).toMatchObject({ code: 404, errors: [{ field: 'container_id' }] });
    expect(await missing.ended()).toEqual({ code: 4404, reason: 'Not Found' });
    expect(await client.refused(404, 'POST', '/containers/nothing/exec', { command: 'ls' })).toEqual([
      'container_id',
    ]);
    const body = { name: 'stopped', image: workshop.it.image };
    await client.data('POST', '/containers', body);
    await client.refused(409, 'POST', '/containers/stopped/exec', { command: 'ls' });
    const stopped = new ExecClient(execUrl(workshop.it.server.url, 'stopped', { command: 'ls' }));
    expect(await stopped.control('error')).toMatchObject({ code: 409 });
    await client.data('DELETE', '/containers/stopped');
  });

  it('is refused frames that mean nothing', async () => {
    const process = open({ command: 'cat' });
    await process.control('started');
    process.send({ type: 'resize', columns: 0, rows: 1 });
    expect(await process.control('error')).toMatchObject({ code: 400 });
    expect(await process.ended()).toMatchObject({ code: 4400 });
    await until('its end', async () => !(await processes()).includes('cat'));
  });
});

describe('without containers', () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startServer({ flags: ['--auth', 'required'] });
  });
  afterAll(() => server?.stop());
  const keyWith = async (...flags: string[]) => (await createKey(server.dataDir, ...flags)).key;
  const headersOf = (key: string) => ({ 'x-api-key': key });

  it('says that this engine has none', async () => {
    const key = await keyWith('--role', 'operator');
    await containersClient(server.url, key).refused(501, 'POST', '/containers/x1/exec', { command: 'ls' });
    const socket = new ExecClient(execUrl(server.url, 'x1', { command: 'ls' }), { headers: headersOf(key) });
    expect(await socket.control('error')).toMatchObject({
      code: 501,
      message: expect.stringContaining('--engine docker') as string,
      errors: [],
    });
    expect(await socket.ended()).toEqual({ code: 4501, reason: 'Not Implemented' });
  });

  it('is for those with the scope, and every attempt is audited', async () => {
    const key = await keyWith('--scope', 'containers:read', '--scope', 'containers:update');
    const refused = await containersClient(server.url, key).call('POST', '/containers/x1/exec', {
      command: 'ls',
    });
    expect([refused.status, refused.body.message]).toEqual([
      403,
      expect.stringContaining('containers:exec') as string,
    ]);
    const socket = new ExecClient(execUrl(server.url, 'x1', { command: 'ls' }), { headers: headersOf(key) });
    expect(await socket.control('error')).toMatchObject({ code: 403 });
    expect(await socket.ended()).toMatchObject({ code: 4403 });
    const admin = headersOf(await keyWith('--role', 'admin'));
    const answer = await fetch(`${server.url}/audit?operation=ExecContainer&result=denied`, {
      headers: admin,
    });
    const { entries } = (await answer.json()) as { entries: object[] };
    expect(entries).toHaveLength(2);
    for (const entry of entries)
      expect(entry).toMatchObject({ face: 'containers', target: 'x1', status: 403 });
  });

  it('takes a ticket once, and nothing else in the URL', async () => {
    const key = await keyWith('--role', 'operator');
    const answer = await fetch(`${server.url}/auth/tickets`, { method: 'POST', headers: headersOf(key) });
    const { ticket } = (await answer.json()) as { ticket: string };
    const withToken = (token: string) =>
      new ExecClient(execUrl(server.url, 'x1', { command: 'ls', ...(token !== '' && { token }) }));
    expect(await withToken(ticket).control('error')).toMatchObject({ code: 501 });
    for (const token of [ticket, key, '']) {
      const refused = withToken(token);
      expect(await refused.control('error')).toMatchObject({ code: 401 });
      expect(await refused.ended()).toMatchObject({ code: 4401 });
    }
  });

  it('is for no page of another site, and no plain HTTP', async () => {
    const url = execUrl(server.url, 'x1', { command: 'ls' });
    const headers = headersOf(await keyWith('--role', 'operator'));
    expect((await LiveClient.refusal(url, { origin: 'https://evil.example', headers })).status).toBe(403);
    const plain = await fetch(url, { headers });
    expect([plain.status, plain.headers.get('upgrade')]).toEqual([426, 'websocket']);
    expect(await plain.json()).toMatchObject({ code: 426, errors: [] });
  });
});

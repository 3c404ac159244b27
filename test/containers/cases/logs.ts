/** What single containers write: every line once and in order, whatever is restarted; whole, whatever is in it. */
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, expect, it } from 'vitest';
import { eventsOf, openLines, valuesOf, type LineStream } from '../../fixtures/line-stream.ts';
import { until } from '../../fixtures/processes.ts';
import type { Suite } from '../suite.ts';

/** What happens to one who follows. */
const round = ['restart', 'kill', 'restart'] as const;
const steps = process.env['LONGSHORE_LONG'] === '1' ? [...round, ...round, ...round] : round;

interface Line {
  timestamp: string;
  stream: string;
  level: string;
  message: string;
  cursor: string;
}

interface Page {
  total: number;
  items: Line[];
  more: boolean;
  next_since: string;
}

/** Counts on where the last run ended, on both streams: the tens on stderr. */
const counter = [
  'n=$(cat /data/n 2>/dev/null || echo 0)',
  // Between two numbers, not within one.
  'trap over=1 TERM',
  'while [ -z "$over" ]; do n=$((n+1)); case $n in *0) echo $n >&2;; *) echo $n;; esac; echo $n > /data/n; sleep 0.01; done',
].join('; ');

const inTurn = (count: number) => Array.from({ length: count }, (_, index) => index + 1);
const numbersOf = (lines: readonly Line[]) => lines.map(({ message }) => Number(message));
/** Engines read the two streams one after the other: two lines next to each other may come in either order. */
const inOrder = (numbers: readonly number[]) => numbers.toSorted((left, right) => left - right);

/** Follows as clients do: whenever the stream ends it comes back with what it had last. */
class Follower {
  readonly #read: Line[] = [];
  readonly #form: 'events' | 'ndjson';
  #stream: LineStream | undefined;

  constructor(form: 'events' | 'ndjson') {
    this.#form = form;
  }

  get lines(): Line[] {
    return [...this.#read, ...this.#ofStream()];
  }

  async connect(url: string): Promise<void> {
    this.#read.push(...this.#ofStream());
    this.#stream?.close();
    const last = this.#read.at(-1)?.cursor;
    const isEvents = this.#form === 'events';
    const resume = last === undefined ? 'tail=all' : isEvents ? '' : `since=${last}`;
    this.#stream = await openLines(`${url}/api/v1/containers/app/logs?follow=true&${resume}`, {
      headers: {
        accept: isEvents ? 'text/event-stream' : 'application/x-ndjson',
        ...(isEvents && last !== undefined && { 'last-event-id': last }),
      },
    });
  }

  close(): void {
    this.#stream?.close();
  }

  /** A server that was killed may have ended its last line anywhere. */
  #ofStream(): Line[] {
    if (!this.#stream) return [];
    if (this.#form === 'ndjson') return valuesOf<Line>(this.#stream);
    return eventsOf<Line>(this.#stream).map(({ id, data }) => ({ ...data, cursor: id ?? '' }));
  }
}

export function logCases(suite: Suite): void {
  const { kind, workshop, client, clear } = suite;
  afterEach(clear);

  const make = (command: string, more: object = {}) =>
    client.data<{ id: string }>('POST', '/containers', {
      ...{ image: workshop.it.image, name: 'app', command: ['sh', '-c', command], start: true, ...more },
    });
  const page = (query = 'tail=all') => client.data<Page>('GET', `/containers/app/logs?${query}`);
  const state = async () => (await client.data<{ status: string }>('GET', '/containers/app')).status;
  const ends = () => until('its end', async () => (await state()) === 'exited');

  it.each(['events', 'ndjson'] as const)(
    'is followed over restarts of the container and kills of the server: %s',
    async (form) => {
      await make(counter);
      const follower = new Follower(form);
      await follower.connect(workshop.it.server.url);
      const goesOn = async () => {
        const had = follower.lines.length;
        await until('more lines', async () => follower.lines.length > had + 25);
      };
      try {
        for (const step of steps) {
          await goesOn();
          if (step === 'restart') await client.data('POST', '/containers/app/restart');
          else {
            await workshop.it.server.kill();
            await workshop.it.serve();
            await follower.connect(workshop.it.server.url);
          }
        }
        await goesOn();
        const read = numbersOf(follower.lines);
        expect(inOrder(read)).toEqual(inTurn(read.length));
        expect(read.filter((number) => number % 10 > 0)).toEqual(
          inTurn(read.length).filter((number) => number % 10 > 0),
        );
      } finally {
        follower.close();
      }
    },
  );

  it('is polled by next_since, no line lost or doubled, with filters as well', async () => {
    await make(counter);
    const all: Line[] = [];
    const found: Line[] = [];
    let since = { all: '', found: '' };
    const poll = async () => {
      const [next, nextFound] = await Promise.all([
        page(since.all === '' ? 'tail=0' : `since=${since.all}`),
        page(`search=7&stderr=false&tail=all${since.found && `&since=${since.found}`}`),
      ]);
      all.push(...next.items);
      found.push(...nextFound.items);
      since = { all: next.next_since, found: nextFound.next_since };
    };
    await poll();
    expect(all).toEqual([]);
    await until('lines', async () => {
      await poll();
      return all.length > 60;
    });
    await client.data('POST', '/containers/app/restart');
    await until('more lines', async () => {
      await poll();
      return all.length > 120;
    });
    await client.data('POST', '/containers/app/stop');
    await poll();
    const numbers = inOrder(numbersOf(all));
    const last = Math.max(...numbers);
    expect(numbers).toEqual(inTurn(last).slice(-numbers.length));
    const sevens = inTurn(last).filter((number) => String(number).includes('7') && number % 10 > 0);
    expect(numbersOf(found)).toEqual(sevens);
    expect((await page(`since=${since.all}`)).next_since).toBe(since.all);
  });

  it('is whole whatever is in it', async () => {
    const script = [
      // Longer than any buffer on the way; a letter of two bytes falls on their borders.
      'line() { printf "$1"; i=0; while [ $i -lt 4000 ]; do printf "éa é567890"; i=$((i+1)); done; printf "$1\\n"; }',
      'line A',
      'line B >&2',
      'echo; echo',
      // Each in the middle of the other's.
      'printf begun; sleep 0.2; echo between >&2; sleep 0.2; echo " and ended"',
      "printf 'bytes \\377\\376 \\000 end\\n'",
      'printf "crlf\\r\\n"',
      'printf "never ended"',
    ].join('; ');
    await make(script);
    await ends();
    const { items } = await page();
    const long = (mark: string) => mark + 'éa é567890'.repeat(4000) + mark;
    const of = (name: string) => items.filter(({ stream }) => stream === name).map(({ message }) => message);
    expect(of('stderr').map((each) => each.length)).toEqual([40_002, 7]);
    expect(of('stderr')).toEqual([long('B'), 'between']);
    expect(of('stdout')).toEqual([
      long('A'),
      '',
      '',
      'begun and ended',
      'bytes \ufffd\ufffd \0 end',
      'crlf',
      'never ended',
    ]);
    for (const [index, { cursor }] of items.entries()) {
      expect((await page(`since=${cursor}`)).items).toEqual(items.slice(index + 1));
    }
    for (const tail of [1, 2, 3, 8, 9])
      expect((await page(`tail=${tail}`)).items).toEqual(items.slice(-tail));
    const ofErrors = (await page('tail=1&stdout=false')).items;
    expect(ofErrors.map(({ message }) => message)).toEqual(['between']);
    // Podman tells neither the end of a run nor pieces of which it knew that they are the last.
    if (kind === 'podman') return;
    // A line ends with the run that began it.
    await client.data('POST', '/containers/app/start');
    await until('the second run', async () => (await page()).items.length >= items.length * 2 - 1);
    await ends();
    expect((await page()).items.slice(0, items.length)).toEqual(items);
  });

  it('is chosen by level, stream and a part of the message, also while it is followed', async () => {
    const script = [
      'echo \'{"level":50,"msg":"one"}\'',
      'echo "level=warn msg=two" >&2',
      'echo "[ERROR] three" >&2',
      'echo four',
      'rm -f /go/now; while [ ! -e /go/now ]; do sleep 0.05; done; echo "INFO no"; echo "ERROR: five"; exec sleep 1000',
    ].join('; ');
    const directory = join(suite.directory, 'open');
    await make(script, { volumes: [{ host_path: directory, container_path: '/go' }] });
    await until('four lines', async () => (await page()).total === 4);
    expect((await page()).items.map(({ level }) => level).toSorted()).toEqual([
      'error',
      'error',
      'unknown',
      'warn',
    ]);
    const messages = async (query: string) =>
      (await page(query)).items.map(({ message }) => /one|two|three|four/.exec(message)?.[0]).toSorted();
    expect(await messages('level=error')).toEqual(['one', 'three']);
    expect(await messages('level=WARNING,unknown')).toEqual(['four', 'two']);
    expect(await messages('level=error&stderr=true')).toEqual(['three']);
    expect(await messages('search=THREE')).toEqual(['three']);
    expect(await messages('search=r&tail=1&level=unknown')).toEqual(['four']);
    const url = `${workshop.it.server.url}/api/v1/containers/app/logs?follow=true&level=error&search=e&tail=1`;
    const stream = await openLines(url);
    await until('the last that matches', async () => valuesOf(stream).length === 1);
    await writeFile(join(directory, 'now'), '');
    await until('the next that matches', async () => valuesOf(stream).length === 2);
    stream.close();
    expect(valuesOf<Line>(stream)[1]).toMatchObject({ message: 'ERROR: five', level: 'error' });
  });

  it('is told for any time', async () => {
    await make('echo one; sleep 2.2; echo two; sleep 2.2; echo three');
    await ends();
    const { items } = await page();
    const [one, two, three] = items.map(({ timestamp }) => Date.parse(timestamp));
    const messages = async (query: string) => (await page(query)).items.map(({ message }) => message);
    const iso = (ms: number) => new Date(ms).toISOString();
    expect(await messages(`since=${iso(two! - 1100)}`)).toEqual(['two', 'three']);
    expect(await messages(`since=${two! - 1100}&until=${three! - 1100}`)).toEqual(['two']);
    expect(await messages(`since=${Math.floor(two! / 1000) - 1}`)).toEqual(['two', 'three']);
    expect(await messages(`until=${iso(two!).replace('Z', '')}`)).toEqual(['one']);
    expect(await messages(`until=${iso(three!)}&tail=1`)).toEqual(['two']);
    expect(await messages(`since=${iso(one!)}&tail=1`)).toEqual(['three']);
    expect(await messages('since=10m')).toEqual(['one', 'two', 'three']);
    expect(await messages('until=10m')).toEqual([]);
    expect(await messages(`since=${iso(one!).slice(0, 10)}`)).toHaveLength(3);
    expect(await messages('since=2100-01-01')).toEqual([]);
    expect(await client.refused(400, 'GET', '/containers/app/logs?since=5m&until=10m')).toEqual(['until']);
    expect(await client.refused(400, 'GET', '/containers/app/logs?level=loud&tail=-1&since=x')).toEqual(
      expect.arrayContaining(['level', 'tail', 'since']),
    );
  });

  it('is followed until a time', async () => {
    await make('while :; do echo tick; sleep 0.1; done');
    const end = new Date(Date.now() + 1500).toISOString();
    const stream = await openLines(
      `${workshop.it.server.url}/api/v1/containers/app/logs?follow=true&until=${end}`,
    );
    await stream.ended;
    const lines = valuesOf<Line>(stream);
    expect(lines.length).toBeGreaterThan(3);
    expect(lines.every(({ timestamp }) => timestamp < end)).toBe(true);
  });

  it('is plain text where that is asked for', async () => {
    await make('echo one; echo two');
    const text = async (query: string) =>
      (await client.call('GET', `/containers/app/logs?format=text${query}`)).body.data as string;
    await until('both lines', async () => (await text('')) === 'one\ntwo\n');
    expect(await text('&timestamps=true&tail=1')).toMatch(/^\d{4}-\d\d-\d\dT[\d:.]+Z two\n$/);
    const { headers } = await client.call('GET', '/containers/app/logs?download=true');
    expect(headers.get('content-disposition')).toContain('attachment');
  });

  it('is downloaded as a file, whole', async () => {
    await make('seq 1 30000');
    await ends();
    const { headers, body } = await client.call('GET', '/containers/app/logs?download=true&tail=all');
    expect(headers.get('content-disposition')).toBe('attachment; filename="app.log"');
    expect(headers.get('content-type')).toBe('text/plain; charset=utf-8');
    expect(body.data).toBe(`${inTurn(30_000).join('\n')}\n`);
    const first = await page('tail=all');
    expect([first.total, first.more]).toEqual([10_000, true]);
    const rest = await page(`since=${first.next_since}`);
    expect(numbersOf(rest.items)).toEqual(inTurn(20_000).slice(10_000));
  });

  it('is told in pages of bounded size, however long its lines are', async () => {
    const line = `printf '%d ' $i; head -c 1000000 /dev/zero | tr '\\0' x; echo`;
    await make(`i=1; while [ $i -le 20 ]; do ${line}; i=$((i + 1)); done`);
    await ends();
    const countsOf = ({ items }: { items: { message: string }[] }) =>
      items.map(({ message }) => Number.parseInt(message, 10));
    expect(countsOf(await page('tail=20'))).toEqual(inTurn(20).slice(-16));
    const first = await page('tail=all');
    expect([countsOf(first), first.more]).toEqual([inTurn(16), true]);
    const rest = await page(`since=${first.next_since}`);
    expect([countsOf(rest), rest.more]).toEqual([inTurn(20).slice(16), false]);
    for (const { message } of [...first.items, ...rest.items]) expect(message).toMatch(/^\d+ x{1000000}$/);
  });

  // Docker leaves out what whoever follows was too slow for when a file was replaced; Podman does not rotate.
  it.runIf(kind === 'embedded')(
    'is followed while its files are rotated, and again when the container was restarted',
    async () => {
      const count = 300_000;
      const outputFiles = async () => {
        const { id } = await client.data<{ id: string }>('GET', '/containers/app');
        const storage = join(workshop.it.traced.dataDir, 'embedded', 'storage');
        const [store = ''] = (await readdir(storage)).filter((name) => name.endsWith('-containers'));
        const names = await readdir(join(storage, store, id, 'userdata'));
        return names.filter((name) => /^ctr\.log\.\d+$/.test(name));
      };
      // Nearly twice what one file takes, with conmon's heads, in three seconds or more.
      await make(
        `i=0; while [ $i -lt ${count} ]; do seq $((i+1)) $((i+5000)); i=$((i+5000)); sleep 0.05; done`,
      );
      const stream = await openLines(
        `${workshop.it.server.url}/api/v1/containers/app/logs?follow=true&tail=all`,
      );
      const told = () => valuesOf<Line>(stream).map(({ message }) => Number(message));
      const written = async (times: number) => {
        await until('all lines', async () => stream.lines.length >= count * times, 60_000);
        await ends();
      };
      await written(1);
      const replaced = (await outputFiles()).length;
      expect(replaced).toBeGreaterThan(1);
      await client.data('POST', '/containers/app/start');
      await written(2);
      expect((await outputFiles()).length).toBeGreaterThan(replaced);
      stream.close();
      expect(told()).toEqual([...inTurn(count), ...inTurn(count)]);
      const { items } = await page('tail=10000');
      expect(items.map(({ message }) => Number(message))).toEqual(inTurn(count).slice(-10_000));
    },
  );
}

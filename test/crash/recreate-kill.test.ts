/** kill -9 of the server at the steps of making a container anew: one is left, under the name, and runs. */
import { afterAll, beforeAll, expect, it } from 'vitest';
import { containersClient } from '../fixtures/containers.ts';
import { until } from '../fixtures/processes.ts';
import { useWorkshop } from '../fixtures/workshop.ts';

const isLong = process.env['LONGSHORE_LONG'] === '1';

interface Moment {
  step: string;
  status: 'running' | 'done';
  /** Whether the original or the new one is left; absent where that is a matter of milliseconds. */
  left?: 'original' | 'replacement';
}

const moments: Moment[] = [
  { step: 'create', status: 'running', left: 'original' },
  { step: 'create', status: 'done', left: 'original' },
  { step: 'stop-original', status: 'running', left: 'original' },
  { step: 'stop-original', status: 'done', left: 'original' },
  { step: 'start', status: 'running', left: 'original' },
  { step: 'start', status: 'done', left: 'original' },
  { step: 'health', status: 'running', left: 'original' },
  { step: 'health', status: 'done' },
  { step: 'swap', status: 'running' },
  { step: 'swap', status: 'done', left: 'replacement' },
  { step: 'remove-original', status: 'running', left: 'replacement' },
  { step: 'remove-original', status: 'done', left: 'replacement' },
];
/** One while nothing runs, one while no container has the name. */
const usual = ['stop-original done', 'swap done'];
const tried = isLong ? moments : moments.filter(({ step, status }) => usual.includes(`${step} ${status}`));

const workshop = useWorkshop('embedded');
const client = containersClient(() => workshop.it.server.url);

interface Seen {
  id: string;
  name: string;
  status: string;
}

beforeAll(async () => {
  const script = "trap 'exit 0' TERM; while :; do sleep 0.1; done";
  const body = { image: workshop.it.image, command: ['sh', '-c', script], name: 'web', start: true };
  await client.data('POST', '/containers', body);
}, 60_000);
afterAll(() => client.data('DELETE', '/containers/web?force=true'));

it.each(tried)(
  'leaves exactly one, which runs: $step $status',
  async (moment) => {
    const { id } = await client.data<Seen>('GET', '/containers/web');
    await killAt(moment);
    await workshop.it.serve();
    const left = await until('one container', async () => {
      const { items } = await client.data<{ items: Seen[] }>('GET', '/containers');
      const [only] = items;
      return items.length === 1 && only!.name === 'web' && only!.status === 'running' && only;
    });
    if (moment.left) expect(left.id === id ? 'original' : 'replacement').toBe(moment.left);
  },
  60_000,
);

/** As soon as the server tells of it, while its client still listens: one that leaves has the work undone. */
async function killAt({ step, status, left }: Moment): Promise<void> {
  const { server } = workshop.it;
  const answer = await fetch(`${server.url}/api/v1/containers/web/recreate`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/x-ndjson' },
    // What is to be killed before the new one is good never gets so far by itself.
    body: JSON.stringify({ order: 'stop-first', stable_seconds: left === 'original' ? 600 : 0.3 }),
  });
  const reader = answer.body!.pipeThrough(new TextDecoderStream()).getReader();
  // A beginning that was not read before the end is not told.
  const told = new RegExp(`"step":"${step}","status":"(?:${status}|done)"`);
  let text = '';
  while (!told.test(text)) {
    const { value, done } = await reader.read();
    if (done) throw new Error(`it never told of ${step} ${status}:\n${text}`);
    text += value;
  }
  await server.kill();
  await reader.cancel().catch(() => undefined);
}

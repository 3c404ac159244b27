/** Processes in real containers over the WebSocket, and what their task uses. */
import { describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { LongshoreWebSocket, type WebSocketClass } from '../../clients/typescript/src/live.ts';
import { ExecClient } from '../fixtures/exec-client.ts';
import { until } from '../fixtures/processes.ts';
import { useWorkshop } from '../fixtures/workshop.ts';

describe('a process in a container of the embedded engine', () => {
  const workshop = useWorkshop('embedded');

  async function running(): Promise<{ client: LongshoreWebSocket; task: string }> {
    const { server, client: tasks } = workshop.it;
    const webSocket = WebSocket as unknown as WebSocketClass;
    const client = new LongshoreWebSocket({ url: `${server.url.replace('http', 'ws')}/ws`, webSocket });
    const task = await tasks.start([{ command: ['sleep', '600'] }]);
    await tasks.running(task);
    return { client, task };
  }

  it('has its streams and its exit code, without a terminal', async () => {
    const { client, task } = await running();
    const command = ['sh', '-c', 'read line; echo "out $line"; echo err >&2; exit 7'];
    const process = new ExecClient((await client.execute({ task, command })).websocketUrl);
    await process.control('started');
    process.write('hello\n');
    expect(await process.control('exit')).toMatchObject({ exitCode: 7 });
    expect([process.stdout, process.stderr]).toEqual(['out hello\n', 'err\n']);
    client.close();
  });

  it('has a terminal of the size it is given', async () => {
    const { client, task } = await running();
    const { websocketUrl } = await client.execute({
      task,
      container: 'app',
      command: 'sh',
      interactive: true,
    });
    const process = new ExecClient(websocketUrl);
    await process.control('started');
    process.socket.send(JSON.stringify({ type: 'resize', columns: 101, rows: 37 }));
    await until('the size', async () => {
      process.write('stty size\n');
      return process.stdout.includes('37 101');
    });
    process.write('exit 3\n');
    expect(await process.control('exit')).toMatchObject({ exitCode: 3 });
    client.close();
  });

  it('hears of the end of its input, and of a client that is gone', async () => {
    const { client, task } = await running();
    const counted = new ExecClient(
      (await client.execute({ task, command: ['sh', '-c', 'cat | tail -n 1'] })).websocketUrl,
    );
    await counted.control('started');
    counted.write('first\nlast\n');
    counted.socket.send(JSON.stringify({ type: 'eof' }));
    await counted.says('last');
    expect(await counted.control('exit')).toMatchObject({ exitCode: 0 });
    expect(counted.stdout).toBe('last\n');
    const left = new ExecClient((await client.execute({ task, command: 'cat' })).websocketUrl);
    await left.control('started');
    left.socket.terminate();
    const processes = async () => {
      const list = new ExecClient((await client.execute({ task, command: 'ps' })).websocketUrl);
      await list.control('exit');
      return list.stdout;
    };
    await until('the end of what was left', async () => !(await processes()).includes('cat'));
    client.close();
  });

  it('is measured with the rest of its task', async () => {
    const { client, task } = await running();
    const busy = new ExecClient(
      (await client.execute({ task, command: ['sh', '-c', 'while :; do :; done'] })).websocketUrl,
    );
    await busy.control('started');
    const metrics = await client.getMetrics({ resource: 'task', resourceArn: task });
    expect(metrics['CPUUtilization']!.Average).toBeGreaterThan(0);
    expect(metrics['MemoryUtilization']!.Average).toBeGreaterThan(0);
    busy.socket.terminate();
    client.close();
  });

  it('is refused for a program that is not there', async () => {
    const { client, task } = await running();
    const process = new ExecClient((await client.execute({ task, command: 'no-such-program' })).websocketUrl);
    await until('the refusal', () =>
      process.controls.some(({ type, exitCode }) => type === 'error' || (type === 'exit' && exitCode !== 0)),
    );
    client.close();
  });
});

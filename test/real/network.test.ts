/** How a task is reached, and how its containers reach each other. */
import { createServer, type AddressInfo } from 'node:net';
import { describe, expect, it } from 'vitest';
import { freePort } from '../fixtures/registry.ts';
import { containerOf, page, pageServer, sh, sleeper } from '../fixtures/task-client.ts';
import { ALL_ENGINES, useWorkshop } from '../fixtures/workshop.ts';

describe.each(ALL_ENGINES)('%s', (kind) => {
  const workshop = useWorkshop(kind, () => ({ flags: ['--host-network'] }));
  const client = () => workshop.it.client;

  it('serves a page at the port it was given', async () => {
    const hostPort = await freePort();
    const arn = await client().start([
      pageServer('static', { portMappings: [{ containerPort: 80, hostPort }] }),
    ]);
    const task = await client().running(arn);
    expect(containerOf(task).networkBindings).toEqual([
      { bindIP: '127.0.0.1', containerPort: 80, hostPort, protocol: 'tcp' },
    ]);
    expect(await page(`127.0.0.1:${hostPort}`)).toBe('static');
    await client().stop(arn);
    await client().stopped(arn);
    await expect(fetch(`http://127.0.0.1:${hostPort}/`)).rejects.toThrow();
    // Nobody holds it any more.
    const other = createServer();
    await new Promise<void>((resolve, reject) =>
      other.once('error', reject).listen(hostPort, '127.0.0.1', resolve),
    );
    await new Promise((resolve) => other.close(resolve));
  });

  it('serves each task at a port of its own where none was given', async () => {
    const definition = await client().register([
      pageServer('dynamic', { portMappings: [{ containerPort: 80, hostPort: 0 }] }),
    ]);
    const tasks = await Promise.all([client().run(definition), client().run(definition)]);
    const ports = await Promise.all(
      tasks.map(async (arn) => {
        const [binding] = containerOf(await client().running(arn)).networkBindings!;
        return binding!.hostPort!;
      }),
    );
    expect(new Set(ports).size).toBe(2);
    for (const port of ports) expect(await page(`127.0.0.1:${port}`)).toBe('dynamic');
  });

  it('lets the containers of a task talk over localhost', async () => {
    const arn = await client().start([
      sh('until wget -q -O - http://127.0.0.1:80/ 2>/dev/null; do sleep 0.1; done', { name: 'asks' }),
      pageServer('neighbour', { name: 'answers' }),
    ]);
    await client().stopped(arn);
    expect(await client().output(arn, 'asks')).toEqual(['neighbour']);
  });

  it('keeps the network of one task apart from that of another', async () => {
    const [one, two] = await Promise.all([
      client().start([pageServer('one')]),
      client().start([pageServer('two')]),
    ]);
    await Promise.all([client().running(one), client().running(two)]);
    const arn = await client().start([
      sh('wget -q -O - http://127.0.0.1:80/ 2>/dev/null || echo nothing here'),
    ]);
    await client().stopped(arn);
    expect(await client().output(arn)).toEqual(['nothing here']);
  });
  if (kind === 'docker over TCP') return;
  const awsvpc = { networkMode: 'awsvpc' } as const;
  const inSubnet = { networkConfiguration: { awsvpcConfiguration: { subnets: ['subnet-1'] } } };

  it('serves a page at the address of a task in mode awsvpc', async () => {
    const definition = await client().register(
      [pageServer('at-home', { portMappings: [{ containerPort: 80 }] }), sleeper()],
      awsvpc,
    );
    const arn = await client().run(definition, inSubnet);
    const task = await client().running(arn);
    const details = task.attachments![0]!.details!;
    const address = details.find(({ name }) => name === 'privateIPv4Address')!.value!;
    expect(task.attachments![0]).toMatchObject({ type: 'ElasticNetworkInterface', status: 'ATTACHED' });
    expect(containerOf(task).networkInterfaces).toMatchObject([{ privateIpv4Address: address }]);
    expect(containerOf(task).networkBindings ?? []).toEqual([]);
    expect(await page(`${address}:80`)).toBe('at-home');

    const neighbour = await client().run(
      await client().register([sh(`wget -q -O - http://${address}/`)], awsvpc),
      inSubnet,
    );
    await client().stopped(neighbour);
    expect(await client().output(neighbour)).toEqual(['at-home']);
    await client().stop(arn);
    expect((await client().stopped(arn)).attachments![0]!.status).toBe('DELETED');
  });

  it("is on the machine's own network in mode host", async () => {
    const listener = createServer((socket) => socket.end('the machine'));
    await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
    const { port } = listener.address() as AddressInfo;
    const said = await client().said(sh(`nc 127.0.0.1 ${port}`), { networkMode: 'host' });
    await new Promise((resolve) => listener.close(resolve));
    expect(said).toEqual(['the machine']);
  });

  it('has only loopback in mode none', async () => {
    expect(await client().said(sh('ls /sys/class/net'), { networkMode: 'none' })).toEqual(['lo']);
  });

  it('takes the names of extraHosts and its own hostname', async () => {
    const extraHosts = [{ hostname: 'db.internal', ipAddress: '10.1.2.3' }];
    const said = await client().said(
      sh('hostname; grep db.internal /etc/hosts | tr "\\t" " "', { hostname: 'front', extraHosts }),
    );
    expect(said).toEqual(['front', '10.1.2.3 db.internal']);
  });

  it('reaches the containers it links to by name', async () => {
    const arn = await client().start([
      sh('until wget -q -O - http://cache/ 2>/dev/null; do sleep 0.1; done', {
        name: 'asks',
        links: ['store:cache'],
      }),
      pageServer('linked', { name: 'store' }),
    ]);
    await client().stopped(arn);
    expect(await client().output(arn, 'asks')).toEqual(['linked']);
  });
});

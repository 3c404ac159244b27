import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { program } from '../../test/fixtures/program.ts';

const root = join(import.meta.dirname, '../..');
let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'longshore-cli-'));
});
afterAll(() => {
  rmSync(directory, { recursive: true, force: true });
});

interface Ended {
  code: number | null;
  stdout: string;
  stderr: string;
}

class Run {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  stdout = '';
  stderr = '';

  constructor(...argv: string[]) {
    this.child = spawn(process.execPath, [...program, ...argv], { cwd: root, env: cleanEnvironment() });
    this.child.stdout?.on('data', (chunk: Buffer) => (this.stdout += chunk.toString()));
    this.child.stderr?.on('data', (chunk: Buffer) => (this.stderr += chunk.toString()));
    this.ended = once(this.child, 'close').then(([code]) => ({
      code: code as number | null,
      stdout: this.stdout,
      stderr: this.stderr,
    }));
  }

  /** Resolves when it has printed `text`; throws when it ends before. */
  async prints(text: string): Promise<void> {
    while (!this.stdout.includes(text)) {
      const ended = await Promise.race([this.ended, once(this.child.stdout!, 'data').then(() => undefined)]);
      if (ended && !this.stdout.includes(text)) throw new Error(`ended early: ${JSON.stringify(ended)}`);
    }
  }
}

function cleanEnvironment(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(([name]) => !name.startsWith('LONGSHORE_'));
  return { ...Object.fromEntries(kept), HOME: directory };
}

const run = (...argv: string[]) => new Run(...argv).ended;

function simulatedServer(name: string, ...flags: string[]): Run {
  const dataDir = join(directory, name);
  return new Run(
    'serve',
    '--engine',
    'simulated',
    '--listen',
    '127.0.0.1:0',
    '--data-dir',
    dataDir,
    ...flags,
  );
}

const urlOf = (server: Run) => /http:\/\/127\.0\.0\.1:\d+/.exec(server.stdout)?.[0] ?? '';

describe('what was typed wrong', () => {
  it.each([
    [['sevre'], /^longshore: unknown command sevre: did you mean serve\?\n$/],
    [['quux'], /^longshore: unknown command quux: see longshore --help\n$/],
    [['serve', '--lissen', 'x'], /^longshore: unknown flag --lissen: did you mean --listen\?\n$/],
    [['config', '--engine', 'dokcer'], /^longshore: --engine dokcer: did you mean docker\? expected one of/],
    [['serve', '--redis', 'http://x'], /^longshore: --redis \*\*\*: expected URL, e\.g\. redis:/],
    [['serve', '--database', 'postgres://x'], /^longshore: --database postgres:\/\/x: not available yet/],
    [['logs', 'x', '--tail', 'many'], /expected a number of lines/],
    [['logs', 'x', '--endpoint', 'nowhere'], /expected a URL/],
    [['demo'], /--image/],
  ])('%j', async (argv, message) => {
    const { code, stdout, stderr } = await run(...argv);
    expect(stderr).toMatch(message);
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect([code, stdout]).toEqual([2, '']);
  });
});

describe('what needs no server', () => {
  it('version', async () => {
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
    expect((await run('version')).stdout).toContain(`longshore ${version} `);
    expect((await run('--version')).stdout).toBe(`${version}\n`);
  });

  it('help lists every flag but those that are not available yet', async () => {
    const { code, stdout } = await run('serve', '--help');
    expect(code).toBe(0);
    expect(stdout).toContain('--publish-address');
    expect(stdout).not.toContain('--database');
  });

  it('config says where each value is from and masks passwords', async () => {
    const file = join(directory, 'config.yaml');
    writeFileSync(file, 'registry-mirror: https://me:hunter2@mirror.example\n');
    const { code, stdout } = await run('config', '--config', file, '--region', 'eu-west-1');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^region +eu-west-1 +flag$/m);
    expect(stdout).toMatch(/^registry-mirror +https:\/\/me:\*\*\*@mirror\.example +\/.*config\.yaml$/m);
    expect(stdout).toMatch(/^engine +auto +default$/m);
    const json = (await run('config', '--config', file, '--json')).stdout;
    expect(json).not.toContain('hunter2');
    expect(JSON.parse(json)).toMatchObject({
      config: { engine: 'auto' },
      sources: { registryMirror: 'file' },
    });
  });

  it('doctor judges the machine and ends accordingly', async () => {
    const { code, stdout } = await run('doctor', '--engine', 'simulated', '--json');
    const checks = JSON.parse(stdout) as { name: string; status: string; detail: string; fix?: string }[];
    expect(checks.length).toBeGreaterThan(0);
    expect(code).toBe(checks.some(({ status }) => status === 'missing') ? 1 : 0);
    for (const check of checks.filter(({ status }) => status === 'missing')) expect(check.fix).toBeTruthy();
  });
});

describe('with a server', () => {
  it('serve says what it serves, and a signal ends it in order', async () => {
    const server = simulatedServer('a');
    await server.prints('longshore doctor');
    expect(server.stdout).toMatch(/SIMULATED/);
    expect(server.stdout).toContain(join(directory, 'a'));
    expect((await fetch(`${urlOf(server)}/health`)).status).toBe(200);
    server.child.kill('SIGTERM');
    expect(await server.ended).toMatchObject({ code: 0 });
  });

  it('says in one line that the address or the directory is taken', async () => {
    const server = simulatedServer('b');
    await server.prints('longshore doctor');
    const sameAddress = await simulatedServer('c', '--listen', urlOf(server).slice('http://'.length)).ended;
    const sameDirectory = await simulatedServer('b').ended;
    server.child.kill('SIGINT');
    await server.ended;
    for (const refused of [sameAddress, sameDirectory]) {
      expect(refused.code).toBe(1);
      expect(refused.stderr).toMatch(/^longshore: .*\n$/);
    }
    expect(sameAddress.stderr).toContain(urlOf(server).slice('http://'.length));
    expect(sameDirectory.stderr).toContain(join(directory, 'b'));
  });

  it('demo walks through everything and leaves nothing; logs follows to the end', async () => {
    const server = simulatedServer('d');
    await server.prints('longshore doctor');
    const call = async (action: string, input: object) => {
      const response = await fetch(urlOf(server), {
        method: 'POST',
        headers: {
          'content-type': 'application/x-amz-json-1.1',
          'x-amz-target': `AmazonEC2ContainerServiceV20141113.${action}`,
        },
        body: JSON.stringify(input),
      });
      return (await response.json()) as Record<string, unknown>;
    };
    const demo = await run('demo', '--image', 'busybox', '--endpoint', urlOf(server));
    expect(demo).toMatchObject({ code: 0, stderr: '' });
    for (const step of ['RUNNING', 'SIMULATED', 'simulated: started busybox', 'STOPPED', 'Done.']) {
      expect(demo.stdout).toContain(step);
    }
    expect(await call('ListClusters', {})).toEqual({ clusterArns: [] });
    expect(await call('ListTaskDefinitions', { status: 'ACTIVE' })).toMatchObject({ taskDefinitionArns: [] });

    await call('CreateCluster', {});
    await call('RegisterTaskDefinition', {
      family: 'short',
      containerDefinitions: [
        {
          name: 'only',
          image: 'busybox',
          memory: 16,
          dockerLabels: { 'longshore.simulate': 'exit=3 after=3s' },
        },
      ],
    });
    const { tasks } = (await call('RunTask', { taskDefinition: 'short' })) as {
      tasks: { taskArn: string }[];
    };
    const logs = new Run('logs', tasks[0]!.taskArn, '--follow', '--endpoint', urlOf(server));
    await logs.prints('simulated: started busybox');
    expect(await logs.ended).toMatchObject({
      code: 0,
      stdout: 'simulated: started busybox\nsimulated: ended with code 3\n',
    });
    const missing = await run('logs', 'no-such-task', '--container', 'x', '--endpoint', urlOf(server));
    expect(missing.code).toBe(1);
    server.child.kill('SIGTERM');
    await server.ended;
  });

  it('demo cleans up when it is interrupted', async () => {
    const server = simulatedServer('e');
    await server.prints('longshore doctor');
    const demo = new Run('demo', '--image', 'busybox', '--endpoint', urlOf(server));
    await demo.prints('Running a task');
    demo.child.kill('SIGINT');
    const { code, stdout } = await demo.ended;
    server.child.kill('SIGTERM');
    await server.ended;
    // The demo may have been done before the signal came.
    if (!stdout.includes('Done.')) expect(code).toBe(130);
    expect(stdout).toContain('Cleaning up');
    expect(stdout).toMatch(/STOPPED/);
  });

  it('a server that is something else is told apart from Longshore', async () => {
    const other = createServer((_, response) => response.end('<html>')).listen(0, '127.0.0.1');
    await once(other, 'listening');
    const endpoint = `http://127.0.0.1:${(other.address() as AddressInfo).port}`;
    const demo = await run('demo', '--image', 'busybox', '--endpoint', endpoint);
    other.close();
    expect(demo).toMatchObject({ code: 1 });
    expect(demo.stderr).toMatch(/^longshore: what answers at .* is not Longshore/);
  });
});

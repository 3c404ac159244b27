/** Attacks on the walls: other processes, the network, namespaces, the kernel's more dangerous parts, native code. */
import { createServer } from 'node:net';
import type { AddressInfo, Server } from 'node:net';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { failureOf, trials } from '../../test/fixtures/attack-trial.ts';

/** Servers of this machine that nobody in a sandbox may reach. */
const servers: Server[] = [];
let directory: string;
let connections = 0;
const abstract = `\0longshore-attack-${process.pid}`;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'longshore-attack-'));
  for (const where of [
    { port: 0, host: '127.0.0.1' },
    { path: join(directory, 'socket') },
    { path: abstract },
  ]) {
    const server = createServer((socket) => {
      connections += 1;
      socket.destroy();
    });
    servers.push(server);
    server.listen(where);
    await once(server, 'listening');
  }
});
afterAll(async () => {
  for (const server of servers) server.close();
  await rm(directory, { recursive: true, force: true });
});

trials('escape', { warm: 1 }, ({ run, claim, language }) => {
  it('shows no process but its own, and nothing of the machine to write or to learn secrets from', async () => {
    process.env.LONGSHORE_TEST_CANARY = 'canary';
    const { result } = await run({
      nodejs: `import fs from 'node:fs';
        const attempt = (file) => { try { return fs.readFileSync(file, 'latin1').slice(0, 1000); } catch (error) { return error.code; } };
        export default () => ({
          pids: fs.readdirSync('/proc').filter((name) => /^\\d+$/.test(name)),
          self: process.pid,
          environment: attempt('/proc/1/environ') + JSON.stringify(process.env),
          command: attempt('/proc/1/cmdline'),
          hidden: ['/proc/kcore', '/proc/kallsyms', '/proc/keys', '/proc/cmdline', '/proc/iomem', '/proc/config.gz'].map(attempt),
          absent: ['/sys/kernel', '/root/.bashrc', '/etc/shadow', '/run/longshore', '/var/lib', '/home'].map(attempt),
          cgroup: attempt('/proc/self/cgroup'),
          core: attempt('/proc/self/limits').match(/core file size *(\\d+)/i)[1],
        });`,
      python: `
import os, errno, json, re
def attempt(path):
    try:
        with open(path, 'rb') as file: return file.read(1000).decode('latin1')
    except OSError as error: return errno.errorcode[error.errno]
def handler(params, context):
    return {
        'pids': [name for name in os.listdir('/proc') if name.isdigit()],
        'self': os.getpid(),
        'environment': attempt('/proc/1/environ') + json.dumps(dict(os.environ)),
        'command': attempt('/proc/1/cmdline'),
        'hidden': [attempt(p) for p in ('/proc/kcore', '/proc/kallsyms', '/proc/keys', '/proc/cmdline', '/proc/iomem', '/proc/config.gz')],
        'absent': [attempt(p) for p in ('/sys/kernel', '/root/.bashrc', '/etc/shadow', '/run/longshore', '/var/lib', '/home')],
        'cgroup': attempt('/proc/self/cgroup'),
        'core': re.search('core file size *([0-9]+)', attempt('/proc/self/limits'), re.I).group(1),
    }
`,
    }).finally(() => delete process.env.LONGSHORE_TEST_CANARY);
    const seen = result as Record<string, string> & { hidden: string[]; absent: string[] };
    expect(seen).toMatchObject({ pids: ['1'], self: 1, core: '0' });
    expect(seen.environment).not.toContain('canary');
    expect(seen.command).toMatch(/launcher/);
    for (const each of seen.hidden) expect(['', 'EACCES', 'EPERM', 'ENOENT']).toContain(each);
    for (const each of seen.absent) expect(['ENOENT', 'EACCES']).toContain(each);
    expect(seen.cgroup).not.toContain('longshore');
  });

  it('reaches no network, no socket of the machine and no other sandbox', async () => {
    const before = connections;
    const { port } = servers[0]?.address() as AddressInfo;
    const params = { port, path: join(directory, 'socket'), abstract };
    const { result } = await run(
      {
        nodejs: `import net from 'node:net'; import dgram from 'node:dgram'; import dns from 'node:dns'; import os from 'node:os';
          const reach = (options) => new Promise((resolve) => {
            try {
              net.connect(options).on('connect', () => resolve('connected')).on('error', (error) => resolve(error.code));
            } catch (error) { resolve(error.code); }
          });
          const send = () => new Promise((resolve) => {
            try {
              const socket = dgram.createSocket('udp4').on('error', (error) => resolve(error.code));
              socket.send('x', 53, '127.0.0.1', (error) => resolve(error ? error.code : 'sent'));
            } catch (error) { resolve(error.code); }
          });
          export default async ({ port, path, abstract }) => ({
            tcp: await reach({ port, host: '127.0.0.1' }),
            metadata: await reach({ port: 80, host: '169.254.169.254' }),
            six: await reach({ port, host: '::1' }),
            unix: await reach({ path }),
            abstract: await reach({ path: abstract }),
            udp: await send(),
            dns: await dns.promises.lookup('example.com').then(() => 'resolved', (error) => error.code),
          });`,
        python: `
import socket, errno
def reach(family, kind, address, protocol=0):
    try:
        with socket.socket(family, kind, protocol) as each:
            each.settimeout(2)
            each.connect(address)
            return 'connected'
    except OSError as error: return errno.errorcode.get(error.errno, str(error))
def handler(params, context):
    stream, datagram, raw = socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_RAW
    found = {
        'tcp': reach(socket.AF_INET, stream, ('127.0.0.1', params['port'])),
        'metadata': reach(socket.AF_INET, stream, ('169.254.169.254', 80)),
        'six': reach(socket.AF_INET6, stream, ('::1', params['port'])),
        'unix': reach(socket.AF_UNIX, stream, params['path']),
        'abstract': reach(socket.AF_UNIX, stream, params['abstract']),
        'udp': reach(socket.AF_INET, datagram, ('127.0.0.1', 53)),
        'vsock': reach(socket.AF_VSOCK, stream, (2, 1024)),
        'netlink': reach(socket.AF_NETLINK, raw, (0, 0)),
        'packet': reach(socket.AF_PACKET, raw, ('lo', 0)),
    }
    try:
        socket.getaddrinfo('example.com', 80)
        found['dns'] = 'resolved'
    except OSError as error: found['dns'] = error.strerror
    return found
`,
      },
      params,
    );
    const found = result as Record<string, string>;
    expect(found).toMatchObject({ tcp: 'EPERM', metadata: 'EPERM', six: 'EPERM', udp: 'EPERM' });
    expect(found).toMatchObject({ unix: 'ENOENT', abstract: 'ECONNREFUSED' });
    if (language === 'python')
      expect(found).toMatchObject({ vsock: 'EPERM', netlink: 'EPERM', packet: 'EPERM' });
    expect(found.dns).not.toBe('resolved');
    expect(connections).toBe(before);
  });

  it('has no socket in common with another sandbox', async () => {
    const listener = await claim({
      nodejs: `import net from 'node:net'; import { once } from 'node:events';
        export default async () => { await once(net.createServer().listen('\\0common'), 'listening'); return 'listening'; };`,
      python: `import socket
def handler(params, context):
    global server
    server = socket.socket(socket.AF_UNIX)
    server.bind('\\0common')
    server.listen()
    return 'listening'
`,
    });
    const { result } = await listener.invoke({ params: {}, context: {}, timeoutMs: 5_000 });
    expect(result).toBe('listening');
    const reached = await run({
      nodejs: `import net from 'node:net';
        export default () => new Promise((resolve) => net.connect('\\0common').on('connect', () => resolve('connected')).on('error', (error) => resolve(error.code)));`,
      python: `import socket, errno
def handler(params, context):
    try: socket.socket(socket.AF_UNIX).connect('\\0common')
    except OSError as error: return errno.errorcode[error.errno]
    return 'connected'
`,
    });
    expect(reached.result).toBe('ECONNREFUSED');
    await listener.destroy();
  });

  it('cannot signal, stop or trace anything outside', async () => {
    const { result } = await run(
      {
        nodejs: `const attempt = (pid, signal) => { try { process.kill(pid, signal); return 'sent'; } catch (error) { return error.code; } };
          export default ({ pid }) => ({
            server: attempt(pid, 'SIGKILL'), parent: attempt(process.ppid, 'SIGKILL'), all: attempt(-1, 'SIGKILL'), stop: attempt(1, 'SIGSTOP'), first: attempt(1, 'SIGKILL'),
          });`,
        python: `
import os, signal, errno
def attempt(pid, number):
    try: os.kill(pid, number)
    except OSError as error: return errno.errorcode[error.errno]
    return 'sent'
def handler(params, context):
    return {'server': attempt(params['pid'], 9), 'parent': attempt(os.getppid(), 0), 'all': attempt(-1, 9), 'stop': attempt(1, signal.SIGSTOP), 'first': attempt(1, 9)}
`,
      },
      { pid: process.pid },
    );
    // Of those that are sent, the first process of a namespace gets none from inside it.
    expect(result).toMatchObject({ server: 'ESRCH', all: 'ESRCH', stop: 'sent', first: 'sent' });
  });
});

/** Numbers of x86-64. Each is called with arguments that would do it, or at least be judged, where it was allowed. */
const FORBIDDEN: Record<string, [number, ...number[]]> = {
  mount: [165, 0, 0, 0, 0, 0],
  umount2: [166, 0, 0],
  pivot_root: [155, 0, 0],
  chroot: [161, 0],
  fsopen: [430, 0, 0],
  open_tree: [428, -100, 0, 1],
  move_mount: [429, 0, 0, 0, 0, 0],
  unshare_user: [272, 0x10000000],
  unshare_net: [272, 0x40000000],
  setns: [308, 0, 0],
  clone_newuser: [56, 0x10000011, 0, 0, 0, 0],
  clone_newpid: [56, 0x20000011, 0, 0, 0, 0],
  clone3: [435, 0, 0],
  ptrace: [101, 0, 0, 0, 0],
  process_vm_readv: [310, 1, 0, 0, 0, 0, 0],
  process_vm_writev: [311, 1, 0, 0, 0, 0, 0],
  process_madvise: [440, 0, 0, 0, 0, 0],
  pidfd_getfd: [438, 0, 0, 0],
  kcmp: [312, 1, 1, 0, 0, 0],
  bpf: [321, 0, 0, 0],
  perf_event_open: [298, 0, 0, 0, 0, 0],
  userfaultfd: [323, 0],
  io_uring_setup: [425, 1, 0],
  keyctl: [250, 0, 0, 0],
  add_key: [248, 0, 0, 0, 0, 0],
  request_key: [249, 0, 0, 0, 0],
  name_to_handle_at: [303, 0, 0, 0, 0, 0],
  open_by_handle_at: [304, 0, 0, 0],
  init_module: [175, 0, 0, 0],
  finit_module: [313, 0, 0, 0],
  delete_module: [176, 0, 0],
  kexec_load: [246, 0, 0, 0, 0],
  kexec_file_load: [320, 0, 0, 0, 0, 0],
  reboot: [169, 0, 0, 0, 0],
  swapon: [167, 0, 0],
  acct: [163, 0],
  settimeofday: [164, 0, 0],
  clock_settime: [227, 0, 0],
  adjtimex: [159, 0],
  sethostname: [170, 0, 0],
  syslog: [103, 3, 0, 0],
  quotactl: [179, 0, 0, 0, 0],
  fanotify_init: [300, 0, 0],
  shmget: [29, 0, 4096, 0x200],
  msgget: [68, 0, 0x200],
  semget: [64, 0, 1, 0x200],
  mq_open: [240, 0, 0, 0, 0],
  iopl: [172, 3],
  ioperm: [173, 0, 1, 1],
  modify_ldt: [154, 0, 0, 0],
  personality: [135, 0x0040000],
  vmsplice: [278, 0, 0, 0, 0],
  seccomp: [317, 1, 0, 0],
  mknod: [133, 0, 0, 0],
  socketpair_tipc: [53, 30, 1, 0, 0],
  socketpair_vsock: [53, 40, 1, 0, 0],
};

const NATIVE = {
  nodejs: 'export default () => 0;',
  python: `
import ctypes, errno
libc = ctypes.CDLL(None, use_errno=True)
def handler(params, context):
    found = {}
    for name, call in params.items():
        ctypes.set_errno(0)
        value = libc.syscall(*(ctypes.c_long(each) for each in call))
        found[name] = errno.errorcode.get(ctypes.get_errno(), '') if value == -1 else f'answered {value}'
    return found
`,
};

trials('system calls', { warm: 1 }, ({ run, language }) => {
  it.runIf(language === 'python' && process.arch === 'x64')('from native code are refused', async () => {
    const { result } = await run(NATIVE, FORBIDDEN);
    const refused = Object.fromEntries(Object.keys(FORBIDDEN).map((name) => [name, 'EPERM']));
    expect(result).toEqual({ ...refused, clone3: 'ENOSYS', io_uring_setup: 'ENOSYS' });
  });

  it.runIf(language === 'python' && process.arch === 'x64')('of another set end the process', async () => {
    const x32 = 0x4000_0000;
    const error = await failureOf(run(NATIVE, { getpid: [x32 + 39] }));
    expect(error).toMatchObject({
      code: 'RUNTIME_ERROR',
      message: expect.stringContaining('signal 31') as string,
    });
  });

  it('that change who one is gain nothing', async () => {
    const { result } = await run({
      nodejs: `const attempt = (action) => { try { action(); return 'done'; } catch (error) { return error.code; } };
        import fs from 'node:fs';
        export default () => ({
          uid: process.getuid(), root: attempt(() => process.setuid(0)), group: attempt(() => process.setgroups([0])),
          chown: attempt(() => { fs.writeFileSync('/tmp/x', ''); fs.chownSync('/tmp/x', 0, 0); }),
          capabilities: fs.readFileSync('/proc/self/status', 'utf8').match(/^Cap.*$/gm).join(' '),
        });`,
      python: `
import os, errno, re
def attempt(action):
    try: action()
    except OSError as error: return errno.errorcode[error.errno]
    return 'done'
def handler(params, context):
    open('/tmp/x', 'w').close()
    return {
        'uid': os.getuid(), 'root': attempt(lambda: os.setuid(0)), 'group': attempt(lambda: os.setgroups([0])),
        'chown': attempt(lambda: os.chown('/tmp/x', 0, 0)),
        'capabilities': ' '.join(re.findall('^Cap.*$', open('/proc/self/status').read(), re.M)),
    }
`,
    });
    expect(result).toMatchObject({ uid: 1000, root: 'EPERM', group: 'EPERM', chown: 'EPERM' });
    expect((result as { capabilities: string }).capabilities.match(/\t0{16}/g)).toHaveLength(5);
  });
});

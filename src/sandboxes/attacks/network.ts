/** Attacks on the network and the sockets of this machine. Servers of our own are what could be reached. */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:net';
import type { AddressInfo, ListenOptions, Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Attack, Programs } from './attack.ts';
import { must, mustBe } from './attack.ts';
import { rustProgram } from './rust.ts';

/** Sockets by their numbers. An address begins with its family; a local one that is abstract goes on with a zero. */
const SOCKETS = `
extern "C" {
    fn socket(family: i32, kind: i32, protocol: i32) -> i32;
    fn connect(socket: i32, address: *const u8, size: u32) -> i32;
    fn bind(socket: i32, address: *const u8, size: u32) -> i32;
    fn listen(socket: i32, waiting: i32) -> i32;
}
fn checked(answer: i32) -> std::io::Result<i32> {
    if answer < 0 { Err(std::io::Error::last_os_error()) } else { Ok(answer) }
}
fn local(name: &str) -> Vec<u8> {
    [&[1, 0], name.as_bytes()].concat()
}
fn reach_local(name: &str) -> std::io::Result<i32> {
    let address = local(name);
    let socket = checked(unsafe { socket(1, 1, 0) })?;
    checked(unsafe { connect(socket, address.as_ptr(), address.len() as u32) })
}`;

const REACH: Programs = {
  nodejs: `import net from 'node:net'; import dgram from 'node:dgram'; import dns from 'node:dns';
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
      dns: await dns.promises.lookup('example.com').then(() => 'resolved', () => 'failed'),
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
def resolve():
    try: socket.getaddrinfo('example.com', 80)
    except OSError: return 'failed'
    return 'resolved'
def handler(params, context):
    stream, datagram, raw = socket.SOCK_STREAM, socket.SOCK_DGRAM, socket.SOCK_RAW
    return {
        'tcp': reach(socket.AF_INET, stream, ('127.0.0.1', params['port'])),
        'metadata': reach(socket.AF_INET, stream, ('169.254.169.254', 80)),
        'six': reach(socket.AF_INET6, stream, ('::1', params['port'])),
        'unix': reach(socket.AF_UNIX, stream, params['path']),
        'abstract': reach(socket.AF_UNIX, stream, params['abstract']),
        'udp': reach(socket.AF_INET, datagram, ('127.0.0.1', 53)),
        'vsock': reach(socket.AF_VSOCK, stream, (2, 1024)),
        'netlink': reach(socket.AF_NETLINK, raw, (0, 0)),
        'packet': reach(socket.AF_PACKET, raw, ('lo', 0)),
        'dns': resolve(),
    }
`,
  rust: rustProgram(
    `use std::net::{TcpStream, ToSocketAddrs, UdpSocket};
    let port = params["port"].as_u64().unwrap() as u16;
    let open = |family: i32, kind: i32| checked(unsafe { socket(family, kind, 0) });
    json!({
        "tcp": attempt(TcpStream::connect(("127.0.0.1", port))),
        "metadata": attempt(TcpStream::connect(("169.254.169.254", 80))),
        "six": attempt(TcpStream::connect(("::1", port))),
        "unix": attempt(reach_local(params["path"].as_str().unwrap())),
        "abstract": attempt(reach_local(params["abstract"].as_str().unwrap())),
        "udp": attempt(UdpSocket::bind("127.0.0.1:0").and_then(|each| each.send_to(b"x", "127.0.0.1:53"))),
        "vsock": attempt(open(40, 1)),
        "netlink": attempt(open(16, 3)),
        "packet": attempt(open(17, 3)),
        "dns": if ("example.com", 80).to_socket_addrs().is_ok() { "resolved" } else { "failed" },
    })`,
    SOCKETS,
  ),
};
const NO_ANSWER = { unix: 'ENOENT', abstract: 'ECONNREFUSED', dns: 'failed' };

const LISTEN: Programs = {
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
  rust: rustProgram(
    `let address = local("\\0common");
    let socket = checked(unsafe { socket(1, 1, 0) }).unwrap();
    checked(unsafe { bind(socket, address.as_ptr(), address.len() as u32) }).unwrap();
    checked(unsafe { listen(socket, 8) }).unwrap();
    json!("listening")`,
    SOCKETS,
  ),
};
const CONNECT: Programs = {
  nodejs: `import net from 'node:net';
    export default () => new Promise((resolve) => net.connect('\\0common').on('connect', () => resolve('connected')).on('error', (error) => resolve(error.code)));`,
  python: `import socket, errno
def handler(params, context):
    try: socket.socket(socket.AF_UNIX).connect('\\0common')
    except OSError as error: return errno.errorcode[error.errno]
    return 'connected'
`,
  rust: rustProgram('attempt(reach_local("\\0common"))', SOCKETS),
};

interface Listening {
  port: number;
  path: string;
  abstract: string;
  connections: () => number;
}

/** Listens on loopback, on a socket in the file system and on an abstract one while `use` runs. */
async function whileListening(use: (listening: Listening) => Promise<void>): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'longshore-attack-'));
  const path = join(directory, 'socket');
  const abstract = `\0longshore-attack-${randomBytes(8).toString('hex')}`;
  const servers: Server[] = [];
  let connections = 0;
  const listen = async (where: ListenOptions) => {
    const server = createServer((socket) => {
      connections += 1;
      socket.destroy();
    });
    servers.push(server);
    server.listen(where);
    await once(server, 'listening');
    return server.address();
  };
  try {
    const { port } = (await listen({ port: 0, host: '127.0.0.1' })) as AddressInfo;
    await listen({ path });
    await listen({ path: abstract });
    await use({ port, path, abstract, connections: () => connections });
  } finally {
    for (const server of servers) server.close();
    await rm(directory, { recursive: true, force: true });
  }
}

export const networkAttacks: readonly Attack[] = [
  {
    number: 6,
    name: 'no network and no socket of the machine is reached',
    languages: Object.keys(REACH),
    attempt: ({ run }) =>
      whileListening(async ({ connections, ...params }) => {
        const { result } = await run(REACH, params);
        for (const [to, found] of Object.entries(result as Record<string, string>))
          mustBe(to, found, (NO_ANSWER as Record<string, string>)[to] ?? 'EPERM');
        must(connections() === 0, 'a server of this machine was reached');
      }),
  },
  {
    number: 6,
    name: 'no socket is shared with another sandbox',
    languages: Object.keys(CONNECT),
    async attempt({ claim, run }) {
      const listener = await claim(LISTEN);
      const { result } = await listener.invoke({ params: {}, context: {}, timeoutMs: 5_000 });
      mustBe('the other sandbox is', result, 'listening');
      mustBe('connecting to another sandbox', (await run(CONNECT)).result, 'ECONNREFUSED');
    },
  },
];

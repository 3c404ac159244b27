/** Attacks on what the machine would tell: /proc, files of the system, secrets of the server and of other sessions. */
import { randomBytes } from 'node:crypto';
import type { Attack, Programs } from './attack.ts';
import { must, mustBe } from './attack.ts';
import { rustProgram } from './rust.ts';

const LOOK_AROUND: Programs = {
  nodejs: `import fs from 'node:fs';
    const attempt = (file) => { try { return fs.readFileSync(file, 'latin1').slice(0, 100000); } catch (error) { return error.code; } };
    export default ({ hidden, absent }) => ({
      pids: fs.readdirSync('/proc').filter((name) => /^\\d+$/.test(name)),
      self: process.pid,
      environment: attempt('/proc/1/environ') + JSON.stringify(process.env),
      command: attempt('/proc/1/cmdline'),
      hidden: hidden.map(attempt),
      absent: absent.map(attempt),
      cgroup: attempt('/proc/self/cgroup'),
      limits: attempt('/proc/self/limits'),
    });`,
  python: `
import os, errno, json
def attempt(path):
    try:
        with open(path, 'rb') as file: return file.read(100000).decode('latin1')
    except OSError as error: return errno.errorcode[error.errno]
def handler(params, context):
    return {
        'pids': [name for name in os.listdir('/proc') if name.isdigit()],
        'self': os.getpid(),
        'environment': attempt('/proc/1/environ') + json.dumps(dict(os.environ)),
        'command': attempt('/proc/1/cmdline'),
        'hidden': [attempt(path) for path in params['hidden']],
        'absent': [attempt(path) for path in params['absent']],
        'cgroup': attempt('/proc/self/cgroup'),
        'limits': attempt('/proc/self/limits'),
    }
`,
  rust: rustProgram(`use std::{fs::{read_dir, File}, io::Read};
    let read = |path: &str| {
        let mut text = Vec::new();
        match File::open(path).and_then(|file| file.take(100_000).read_to_end(&mut text)) {
            Ok(_) => json!(String::from_utf8_lossy(&text)),
            Err(error) => code(error),
        }
    };
    let all = |name: &str| -> Vec<Value> {
        params[name].as_array().unwrap().iter().map(|path| read(path.as_str().unwrap())).collect()
    };
    let names = read_dir("/proc").unwrap().map(|each| each.unwrap().file_name().into_string().unwrap());
    json!({
        "pids": names.filter(|name| name.bytes().all(|each| each.is_ascii_digit())).collect::<Vec<_>>(),
        "self": std::process::id(),
        "environment": format!("{}{:?}", read("/proc/1/environ"), std::env::vars().collect::<Vec<_>>()),
        "command": read("/proc/1/cmdline"),
        "hidden": all("hidden"),
        "absent": all("absent"),
        "cgroup": read("/proc/self/cgroup"),
        "limits": read("/proc/self/limits"),
    })`),
};
const HIDDEN = 'kcore kallsyms keys cmdline iomem config.gz meminfo version net/tcp sys/kernel/hostname'
  .split(' ')
  .map((name) => `/proc/${name}`);
const ABSENT = '/sys/kernel /root/.bashrc /etc/shadow /run/longshore /var/lib /home /dev/kmsg /dev/sda'.split(
  ' ',
);

/** Keeps its secret everywhere it can: environment, memory, files. */
const SECRET_KEEPER: Programs = {
  nodejs: `import fs from 'node:fs';
    const kept = process.env.SECRET;
    export default () => { fs.writeFileSync('/tmp/secret', kept); fs.writeFileSync('/function/secret', kept); return kept.length; };`,
  python: `import os
kept = os.environ['SECRET']
def handler(params, context):
    for path in ('/tmp/secret', '/function/secret'):
        with open(path, 'w') as file: file.write(kept)
    return len(kept)
`,
};

/** Looks for it, told its half only: whole, it must be nowhere. Its own memory is all the memory it can see. */
const SECRET_SEEKER: Programs = {
  nodejs: `import fs from 'node:fs';
    const attempt = (read) => { try { return read(); } catch { return ''; } };
    export default ({ half }) => {
      const places = ['/proc/self/environ', '/tmp/secret', '/function/secret', '/dev/shm/secret']
        .map((path) => attempt(() => fs.readFileSync(path, 'latin1')));
      const memory = fs.openSync('/proc/self/mem');
      const found = [];
      for (const line of fs.readFileSync('/proc/self/maps', 'latin1').split('\\n')) {
        const [, from, to] = /^(\\w+)-(\\w+) rw/.exec(line) ?? [];
        if (!from) continue;
        const buffer = Buffer.allocUnsafe(1 << 20);
        for (let at = BigInt('0x' + from); at < BigInt('0x' + to); at += 1n << 20n) {
          const count = attempt(() => fs.readSync(memory, buffer, 0, buffer.length, at)) || 0;
          const text = buffer.latin1Slice(0, count);
          for (let i = text.indexOf(half); i !== -1; i = text.indexOf(half, i + 1)) found.push(text.slice(i, i + 2 * half.length));
        }
      }
      return { read: found.length > 0, found: [...places, ...found] };
    };`,
  python: `
import re
def attempt(read):
    try: return read()
    except OSError: return b''
def content(path):
    with open(path, 'rb') as file: return file.read()
def handler(params, context):
    half = params['half'].encode()
    found = [attempt(lambda: content(path)) for path in ('/proc/self/environ', '/tmp/secret', '/function/secret', '/dev/shm/secret')]
    count = 0
    with open('/proc/self/mem', 'rb', 0) as memory:
        for line in content('/proc/self/maps').decode().splitlines():
            area = re.match('([0-9a-f]+)-([0-9a-f]+) rw', line)
            if not area: continue
            begin, end = (int(each, 16) for each in area.groups())
            def read():
                memory.seek(begin)
                return memory.read(end - begin)
            for each in re.finditer(half + b'.{%d}' % len(half), attempt(read), re.S):
                count += 1
                found.append(each.group())
    return {'read': count > 0, 'found': [each.decode('latin1') for each in found]}
`,
};

export const machineAttacks: readonly Attack[] = [
  {
    number: 5,
    name: 'no process but its own is seen, and nothing of the machine',
    languages: Object.keys(LOOK_AROUND),
    async attempt({ run }) {
      const { result } = await run(LOOK_AROUND, { hidden: HIDDEN, absent: ABSENT });
      const seen = result as Record<string, string> & { hidden: string[]; absent: string[] };
      mustBe('the processes it sees', seen.pids, ['1']);
      mustBe('its own number', seen.self, 1);
      must(/launcher/.test(seen.command ?? ''), `process 1 is ${seen.command}`);
      for (const [index, each] of seen.hidden.entries())
        mustBe(`${HIDDEN[index]} is`, each, '', 'EACCES', 'EPERM', 'ENOENT');
      for (const [index, each] of seen.absent.entries())
        mustBe(`${ABSENT[index]} is`, each, 'EACCES', 'ENOENT');
      must(!(seen.cgroup ?? '').includes('longshore'), `its control group is ${seen.cgroup}`);
      must(/core file size +0 /i.test(seen.limits ?? ''), 'it may write core dumps');
    },
  },
  {
    number: 11,
    name: 'the environment of the server is not seen',
    languages: Object.keys(LOOK_AROUND),
    async attempt({ run }) {
      const canary = randomBytes(16).toString('hex');
      process.env.LONGSHORE_ATTACK_CANARY = canary;
      try {
        const { result } = await run(LOOK_AROUND, { hidden: [], absent: [] });
        const { environment = '' } = result as Record<string, string>;
        must(!/LONGSHORE/.test(environment), 'it has variables of the server');
        must(!JSON.stringify(result).includes(canary), 'it sees the environment of the server');
      } finally {
        delete process.env.LONGSHORE_ATTACK_CANARY;
      }
    },
  },
  {
    number: 11,
    name: 'secrets of another session are not in its files, environment or memory',
    async attempt({ claim, run }) {
      const halves = [randomBytes(16).toString('hex'), randomBytes(16).toString('hex')] as const;
      const keeper = await claim(SECRET_KEEPER, { environment: { SECRET: halves.join('') } });
      const { result: length } = await keeper.invoke({ params: {}, context: {}, timeoutMs: 5_000 });
      mustBe('the length of the secret', length, halves.join('').length);
      const seek = async () => {
        const { read, found } = (await run(SECRET_SEEKER, { half: halves[0] })).result as {
          read: boolean;
          found: string[];
        };
        must(read, 'it could not read even its own memory, so nothing was looked for');
        must(!found.some((each) => each.includes(halves.join(''))), 'it has the secret of another session');
      };
      await seek();
      await keeper.destroy();
      await seek();
    },
  },
];

/** Attacks with files: descriptors, space, places that are not the function's, and ways out of the root. */
import { PROCESS_LIMITS } from '../bundle.ts';
import type { Attack, Programs } from './attack.ts';
import { must, mustBe, refusalOf } from './attack.ts';
import { rustProgram } from './rust.ts';

const DESCRIPTORS: Programs = {
  nodejs: `import fs from 'node:fs';
    export default () => {
      let opened = 0;
      try { for (; opened < 1e5; opened++) fs.openSync('/dev/null'); } catch (error) { return { opened, failed: error.code }; }
    };`,
  python: `
import os, errno
def handler(params, context):
    opened = 0
    try:
        while opened < 100_000:
            os.open('/dev/null', os.O_RDONLY)
            opened += 1
    except OSError as error:
        return {'opened': opened, 'failed': errno.errorcode[error.errno]}
    return {'opened': opened}
`,
  rust: rustProgram(`let mut opened = 0;
    while opened < 100_000 {
        match std::fs::File::open("/dev/null") {
            Ok(file) => std::mem::forget(file),
            Err(error) => return Ok(json!({ "opened": opened, "failed": code(error) })),
        }
        opened += 1;
    }
    json!({ "opened": opened })`),
};

const SPACE: Programs = {
  nodejs: `import fs from 'node:fs';
    const attempt = (action) => { try { action(); return 'done'; } catch (error) { return error.code; } };
    const times = (action) => attempt(() => { for (let i = 0; i < 1e4; i++) action(i); });
    const part = Buffer.alloc(1 << 20);
    export default () => ({
      one: times(() => fs.appendFileSync('/tmp/large', part)),
      sparse: attempt(() => fs.truncateSync('/tmp/large', 2 ** 40)),
      many: times((i) => fs.writeFileSync('/tmp/l' + i, part)),
      number: times((i) => fs.mkdirSync('/function/' + i)),
    });`,
  python: `
import os, errno
def attempt(action):
    try: action()
    except OSError as error: return errno.errorcode[error.errno]
    return 'done'
def write(path):
    with open(path, 'ab', 0) as file: file.write(b'x' * (1 << 20))
def times(action): return attempt(lambda: [action(i) for i in range(10_000)])
def handler(params, context):
    return {
        'one': times(lambda i: write('/tmp/large')),
        'sparse': attempt(lambda: os.truncate('/tmp/large', 2 ** 40)),
        'many': times(lambda i: write(f'/tmp/l{i}')),
        'number': times(lambda i: os.mkdir(f'/function/{i}')),
    }
`,
  rust: rustProgram(
    `use std::{fs::{create_dir, OpenOptions}, io::Write};
    // Files that are too large are refused, not the end.
    unsafe { signal(25, 1) };
    let part = vec![1u8; 1 << 20];
    let append = |path: &str| OpenOptions::new().create(true).append(true).open(path).and_then(|mut file| file.write_all(&part));
    let times = |action: &dyn Fn(usize) -> std::io::Result<()>| attempt((0..10_000).try_for_each(action));
    json!({
        "one": times(&|_| append("/tmp/large")),
        "sparse": attempt(OpenOptions::new().write(true).open("/tmp/large").and_then(|file| file.set_len(1 << 40))),
        "many": times(&|i| append(&format!("/tmp/l{}", i))),
        "number": times(&|i| create_dir(format!("/function/{}", i))),
    })`,
    'extern "C" { fn signal(signal: i32, handler: usize) -> usize; }',
  ),
};

/** Writes, or changes what it finds, at each of the paths. */
const ELSEWHERE: Programs = {
  nodejs: `import fs from 'node:fs';
    const attempt = (action) => { try { action(); return 'done'; } catch (error) { return error.code; } };
    export default ({ directories, files }) => [
      ...directories.map((d) => attempt(() => fs.writeFileSync(d + '/x', 'x'))),
      ...files.map((f) => attempt(() => fs.writeFileSync(f, 'x'))),
      ...files.map((f) => attempt(() => fs.chmodSync(f, 0o777))),
      ...files.map((f) => attempt(() => fs.unlinkSync(f))),
    ];`,
  python: `
import os, errno
def attempt(action):
    try: action()
    except OSError as error: return errno.errorcode[error.errno]
    return 'done'
def write(path):
    with open(path, 'wb') as file: file.write(b'x')
def handler(params, context):
    files = params['files']
    return ([attempt(lambda: write(d + '/x')) for d in params['directories']]
        + [attempt(lambda: write(f)) for f in files]
        + [attempt(lambda: os.chmod(f, 0o777)) for f in files]
        + [attempt(lambda: os.unlink(f)) for f in files])
`,
  rust: rustProgram(`use std::{fs, os::unix::fs::PermissionsExt};
    let list = |name: &str| -> Vec<String> { serde_json::from_value(params[name].clone()).unwrap() };
    let (directories, files) = (list("directories"), list("files"));
    let mut found = Vec::new();
    for each in &directories { found.push(attempt(fs::write(format!("{}/x", each), "x"))) }
    for each in &files { found.push(attempt(fs::write(each, "x"))) }
    for each in &files { found.push(attempt(fs::set_permissions(each, fs::Permissions::from_mode(0o777)))) }
    for each in &files { found.push(attempt(fs::remove_file(each))) }
    Value::Array(found)`),
};
const DIRECTORIES =
  '/ /usr /usr/bin /etc /launcher /dev /proc /proc/sys/kernel /root /run /var/tmp /dev/shm /sys'.split(' ');
const FILES = [
  '/launcher/nodejs/launcher.mjs',
  '/launcher/python.py',
  '/etc/passwd',
  '/bin/sh',
  '/dev/sda',
  '/dev/mem',
];

/** Follows links of its own, and whatever was left open for it. */
const WAYS_OUT: Programs = {
  nodejs: `import fs from 'node:fs';
    const attempt = (action) => { try { return action(); } catch (error) { return error.code; } };
    export default ({ secret }) => {
      const target = '../'.repeat(20) + secret.slice(1);
      fs.symlinkSync(secret, '/tmp/link');
      fs.symlinkSync('/proc/1/root/' + target, '/function/link');
      return {
        read: [secret, target, '/tmp/link', '/function/link', '/proc/self/cwd/' + target, '/proc/1/root' + secret]
          .map((path) => attempt(() => fs.readFileSync(path, 'utf8'))),
        hardLink: attempt(() => fs.linkSync('/bin/sh', '/tmp/sh')),
        open: fs.readdirSync('/proc/self/fd').map((fd) => attempt(() => fs.readlinkSync('/proc/self/fd/' + fd))),
      };
    };`,
  python: `
import os, errno
def attempt(action):
    try: return action()
    except OSError as error: return errno.errorcode[error.errno]
def read(path):
    with open(path) as file: return file.read()
def handler(params, context):
    secret = params['secret']
    target = '../' * 20 + secret[1:]
    os.symlink(secret, '/tmp/link')
    os.symlink('/proc/1/root/' + target, '/function/link')
    return {
        'read': [attempt(lambda: read(path)) for path in
            (secret, target, '/tmp/link', '/function/link', '/proc/self/cwd/' + target, '/proc/1/root' + secret)],
        'hardLink': attempt(lambda: os.link('/bin/sh', '/tmp/sh')),
        'open': [attempt(lambda: os.readlink('/proc/self/fd/' + fd)) for fd in os.listdir('/proc/self/fd')],
    }
`,
};

const BAD_NAMES = [
  '../x',
  '/etc/x',
  'a/../../x',
  './x',
  'a//x',
  'a/',
  '',
  '.',
  '..',
  'a\0b',
  'x\n',
  'a\\b',
  'ééé',
];

export const fileAttacks: readonly Attack[] = [
  {
    number: 4,
    name: 'descriptors run out inside only',
    languages: Object.keys(DESCRIPTORS),
    async attempt({ run }) {
      const { opened, failed } = (await run(DESCRIPTORS)).result as { opened: number; failed?: string };
      mustBe(`after ${opened} files`, failed, 'EMFILE');
      must(opened < PROCESS_LIMITS.openFiles, `${opened} files were open`);
    },
  },
  {
    number: 7,
    name: 'files have a bound in bytes and in number',
    languages: Object.keys(SPACE),
    async attempt({ run }) {
      const { one, sparse, many, number } = (await run(SPACE)).result as Record<string, string>;
      mustBe('a large file', one, 'EFBIG', 'ENOSPC');
      mustBe('a large sparse file', sparse, 'EFBIG');
      mustBe('many files', many, 'ENOSPC');
      mustBe('many directories', number, 'ENOSPC');
    },
  },
  {
    number: 7,
    name: 'nothing is written but to /tmp and /function',
    languages: Object.keys(ELSEWHERE),
    async attempt({ run }) {
      const { result } = await run(ELSEWHERE, { directories: DIRECTORIES, files: FILES });
      const places = [...DIRECTORIES.map((path) => `${path}/x`), ...FILES, ...FILES, ...FILES];
      for (const [index, each] of (result as string[]).entries())
        mustBe(`writing to ${places[index]}`, each, 'EROFS', 'EACCES', 'EPERM', 'ENOENT');
    },
  },
  {
    number: 17,
    name: 'links and open descriptors lead nowhere outside',
    async attempt({ run }) {
      const secret = '/etc/hostname';
      const { result } = await run(WAYS_OUT, { secret });
      const { read, hardLink, open } = result as Record<string, string[]>;
      for (const each of read ?? []) mustBe(`reading ${secret}`, each, 'ENOENT', 'EACCES', 'EPERM');
      mustBe('a hard link to a program', hardLink, 'EXDEV', 'EPERM', 'EROFS');
      for (const each of open ?? []) {
        const known =
          /^(pipe|socket|anon_inode):|^\/(dev\/null|function|proc\/\d+\/fd)|^(ENOENT|EBADF)$/.test(each);
        must(known, `a descriptor of ${each} was left open`);
      }
    },
  },
  {
    number: 17,
    name: 'files of a function cannot be put anywhere else by their names',
    async attempt({ claim }) {
      for (const name of [...BAD_NAMES, 'x'.repeat(300), '__proto__/../x']) {
        const code = { digest: 'attack', files: { [name]: '' }, entry: name };
        const refusal = await refusalOf(claim({ nodejs: '', python: '' }, { code }), `the name ${name}`);
        mustBe(`the name ${name}`, refusal.code, 'INITIALIZATION_ERROR');
      }
    },
  },
];

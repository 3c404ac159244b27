/** Attacks on the kernel: system calls that make namespaces, mount, trace, or reach its more dangerous parts. */
import type { Attack, Programs, Trial } from './attack.ts';
import { CannotBeTried, must, mustBe, refusalOf } from './attack.ts';
import type { SystemCall } from './native-code.ts';
import { RECORD_BYTES, callRecords, nativeCode } from './native-code.ts';
import { rustProgram } from './rust.ts';

/** Others' processes: read, traced, stopped; what they hold taken. */
const TRACING: Readonly<Record<string, SystemCall>> = {
  ptrace: [101, 0, 0, 0, 0],
  process_vm_readv: [310, 1, 0, 0, 0, 0, 0],
  process_vm_writev: [311, 1, 0, 0, 0, 0, 0],
  process_madvise: [440, 0, 0, 0, 0, 0],
  pidfd_getfd: [438, 0, 0, 0],
  kcmp: [312, 1, 1, 0, 0, 0],
};

/** Numbers of x86-64. Each with arguments that would be judged, but change nothing, where it was allowed. */
const FORBIDDEN: Readonly<Record<string, SystemCall>> = {
  mount: [165, 0, 0, 0, 0, 0],
  umount2: [166, 0, 0],
  pivot_root: [155, 0, 0],
  chroot: [161, 0],
  fsopen: [430, 0, 0],
  open_tree: [428, -100, 0, 1],
  move_mount: [429, 0, 0, 0, 0, 0],
  unshare_user: [272, 0x10000000],
  unshare_net: [272, 0x40000000],
  unshare_mount: [272, 0x20000],
  setns: [308, 0, 0],
  clone_newuser: [56, 0x10000011, 0, 0, 0, 0],
  clone_newpid: [56, 0x20000011, 0, 0, 0, 0],
  clone_newnet: [56, 0x40000011, 0, 0, 0, 0],
  clone3: [435, 0, 0],
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
  kexec_load: [246, 0, 1, 0, 0],
  kexec_file_load: [320, -1, -1, 0, 0, 0],
  reboot: [169, 0, 0, 0, 0],
  swapon: [167, 0, 0],
  acct: [163, 1],
  settimeofday: [164, 0, 0],
  clock_settime: [227, 0, 0],
  adjtimex: [159, 0],
  sethostname: [170, 1, 1],
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
/** Callers are told that these do not exist, and take something older. */
const NOT_THERE = new Set(['clone3', 'io_uring_setup']);
const [EPERM, ENOSYS] = [-1, -38];
/** getpid */
const ALLOWED: SystemCall = [39];
/** getpid in the x32 set of calls, which has numbers of its own. */
const X32_GETPID: SystemCall = [0x4000_0000 + 39];

const TIMEOUT_MS = 5_000;

/** Makes the calls from native code: loaded into its own process, or as a program. */
const NATIVE: Programs = {
  nodejs: `import fs from 'node:fs'; import { spawnSync } from 'node:child_process';
    export default ({ code, calls, loaded }) => {
      fs.writeFileSync('/tmp/code', Buffer.from(code, 'base64'), { mode: 0o755 });
      fs.writeFileSync('/tmp/calls', Buffer.from(calls, 'base64'));
      if (loaded) {
        fs.closeSync(0);
        fs.openSync('/tmp/calls', 'r+');
        try { process.dlopen({ exports: {} }, '/tmp/code'); } catch {}
      } else {
        const { signal, error } = spawnSync('/tmp/code', { stdio: [fs.openSync('/tmp/calls', 'r+'), 'ignore', 'ignore'] });
        if (signal || error) return signal ?? error.code;
      }
      return fs.readFileSync('/tmp/calls', 'base64');
    };`,
  python: `import base64, ctypes, os, signal, subprocess
def handler(params, context):
    for name in ('code', 'calls'):
        with open('/tmp/' + name, 'wb') as file: file.write(base64.b64decode(params[name]))
    os.chmod('/tmp/code', 0o755)
    with open('/tmp/calls', 'r+b', 0) as calls:
        if params['loaded']:
            os.dup2(calls.fileno(), 0)
            ctypes.CDLL('/tmp/code')
        else:
            code = subprocess.run(['/tmp/code'], stdin=calls).returncode
            if code < 0: return signal.Signals(-code).name
    with open('/tmp/calls', 'rb') as file: return base64.b64encode(file.read()).decode()
`,
};

/** Makes the calls itself, and answers what the kernel did. */
const COMPILED: Programs = {
  rust: rustProgram(
    `let calls: Vec<Vec<i64>> = serde_json::from_value(params).unwrap();
    json!(calls.iter().map(|call| unsafe { ask(call) }).collect::<Vec<i64>>())`,
    `use std::arch::asm;
unsafe fn ask(call: &[i64]) -> i64 {
    let mut with = [0; 7];
    with[..call.len()].copy_from_slice(call);
    let answer: i64;
    asm!("syscall", inlateout("rax") with[0] => answer, in("rdi") with[1], in("rsi") with[2], in("rdx") with[3],
        in("r10") with[4], in("r8") with[5], in("r9") with[6], out("rcx") _, out("r11") _);
    answer
}`,
  ),
};

const WAYS = { 'loaded into the process': true, 'of a program': false };

function needNumbers(): void {
  if (process.arch !== 'x64') throw new CannotBeTried(`it is not written for ${process.arch}`);
}

async function runCompiled({ run }: Trial, calls: readonly SystemCall[]): Promise<number[]> {
  needNumbers();
  return (await run(COMPILED, calls, TIMEOUT_MS)).result as number[];
}

async function runNative({ run }: Trial, calls: readonly SystemCall[], loaded: boolean): Promise<unknown> {
  needNumbers();
  const code = nativeCode().toString('base64');
  const params = { code, calls: callRecords(calls).toString('base64'), loaded };
  const { result } = await run(NATIVE, params, TIMEOUT_MS);
  return result;
}

type Calls = Readonly<Record<string, SystemCall>>;

/** `answers`: of a call that is allowed, which shows that the code runs, and of these. */
function mustBeRefused(calls: Calls, [allowed = -1, ...answers]: readonly number[]): void {
  if (allowed <= 0) throw new CannotBeTried('its code did not run');
  for (const [index, name] of Object.keys(calls).entries())
    mustBe(`${name} answered`, answers[index], NOT_THERE.has(name) ? ENOSYS : EPERM);
}

const callsAttacks = (number: number, kind: string, calls: Calls): Attack[] => [
  {
    number,
    name: `${kind} from compiled code are refused`,
    languages: Object.keys(COMPILED),
    attempt: async (trial) =>
      mustBeRefused(calls, await runCompiled(trial, [ALLOWED, ...Object.values(calls)])),
  },
  ...Object.entries(WAYS).map(([way, loaded]): Attack => ({
    number,
    name: `${kind} from native code ${way} are refused`,
    async attempt(trial) {
      const result = await runNative(trial, [ALLOWED, ...Object.values(calls)], loaded);
      mustBeRefused(calls, answersIn(Buffer.from(String(result), 'base64')));
    },
  })),
];

/** None of what are no records. */
function answersIn(records: Buffer): number[] {
  if (records.length % RECORD_BYTES !== 0) return [];
  return Array.from({ length: records.length / RECORD_BYTES }, (_, index) =>
    Number(records.readBigInt64LE((index + 1) * RECORD_BYTES - 8)),
  );
}

const IDENTITY: Programs = {
  nodejs: `import fs from 'node:fs';
    const attempt = (action) => { try { action(); return 'done'; } catch (error) { return error.code; } };
    export default () => ({
      uid: process.getuid(), root: attempt(() => process.setuid(0)), group: attempt(() => process.setgroups([0])),
      chown: attempt(() => { fs.writeFileSync('/tmp/x', ''); fs.chownSync('/tmp/x', 0, 0); }),
      capabilities: fs.readFileSync('/proc/self/status', 'utf8').match(/^Cap.*$/gm),
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
        'capabilities': re.findall('^Cap.*$', open('/proc/self/status').read(), re.M),
    }
`,
};

export const systemCallAttacks: readonly Attack[] = [
  ...callsAttacks(12, 'calls that trace', TRACING),
  ...callsAttacks(13, 'calls that mount, make namespaces or reach deep', FORBIDDEN),
  {
    number: 13,
    name: 'calls that change who one is gain nothing',
    async attempt({ run }) {
      const { capabilities, ...rest } = (await run(IDENTITY)).result as { capabilities: string[] };
      mustBe('it could be', rest, { uid: 1000, root: 'EPERM', group: 'EPERM', chown: 'EPERM' });
      must(capabilities.length === 5, 'its capabilities are not known');
      for (const each of capabilities) must(/\t0+$/.test(each), `it has capabilities: ${each}`);
    },
  },
  {
    number: 14,
    name: 'native code that makes calls of another set is ended',
    async attempt(trial) {
      mustBe('the program ended with', await runNative(trial, [X32_GETPID], false), 'SIGSYS');
      // The kernel ends the thread that made it: where there are others, the process answers no more.
      const { code, message } = await refusalOf(runNative(trial, [X32_GETPID], true), 'the call');
      must(code === 'TIMEOUT' || message.includes('signal 31'), `it ended otherwise: ${message}`);
    },
  },
  {
    number: 14,
    name: 'compiled code that makes calls of another set is ended',
    languages: Object.keys(COMPILED),
    async attempt(trial) {
      const { code, message } = await refusalOf(runCompiled(trial, [X32_GETPID]), 'the call');
      mustBe('it ended with', code, 'RUNTIME_ERROR');
      must(message.includes('signal 31'), `it ended otherwise: ${message}`);
    },
  },
];

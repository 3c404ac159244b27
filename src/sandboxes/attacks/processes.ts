/** Attacks with processes: bombs of them, zombies, stopped ones, and signals to those of others. */
import { PROCESS_LIMITS } from '../bundle.ts';
import type { Attack, Programs } from './attack.ts';
import { must, mustBe, refusalOf, withNeighbour } from './attack.ts';
import { isGone, livingOf, processesOf, until } from './observation.ts';
import { rustProgram } from './rust.ts';

const FORKS: Programs = {
  nodejs: `
    import { spawn } from 'node:child_process';
    export default async () => {
      let started = 0, failed;
      while (!failed && started < 500) {
        await new Promise((resolve) => {
          try {
            spawn('/bin/sleep', ['1000']).once('spawn', () => { started++; resolve(); })
              .once('error', (error) => { failed = error.code; resolve(); });
          } catch (error) { failed = error.code; resolve(); }
        });
      }
      return { started, failed };
    };`,
  python: `
import os, time, errno
def handler(params, context):
    started = 0
    while started < 500:
        try:
            if os.fork() == 0:
                while True: time.sleep(1000)
            started += 1
        except OSError as error:
            return {'started': started, 'failed': errno.errorcode[error.errno]}
    return {'started': started}
`,
  rust: rustProgram(
    `let mut started = 0;
    while started < 500 {
        match unsafe { fork() } {
            0 => loop { std::thread::sleep(std::time::Duration::from_secs(1000)) },
            -1 => return Ok(json!({ "started": started, "failed": code(std::io::Error::last_os_error()) })),
            _ => started += 1,
        }
    }
    json!({ "started": started })`,
    'extern "C" { fn fork() -> i32; }',
  ),
};

const ENDLESS_FORKS: Programs = {
  nodejs: `
    import { spawn } from 'node:child_process';
    export default () => {
      for (;;) try { spawn('/bin/sh', ['-c', 'while :; do sh -c "sleep 1000" & done']); } catch {}
    };`,
  python: `
import os
def handler(params, context):
    while True:
        try: os.fork()
        except OSError: pass
`,
  rust: rustProgram('loop { unsafe { fork() }; }', 'extern "C" { fn fork() -> i32; }'),
};

/** Children that stop themselves and ignore signals, and orphans that nobody has waited for. */
const STOPPED_AND_ZOMBIES: Programs = {
  nodejs: `
    import { spawn } from 'node:child_process';
    const SHELL = 'trap "" TERM INT HUP; for i in 1 2 3 4 5 6 7 8 9 10; do (:) & done; kill -STOP $$';
    const attempt = (action) => { try { action(); return 'sent'; } catch (error) { return error.code; } };
    export default async ({ answers }) => {
      for (let count = 0; count < 50; count++) {
        try { spawn('/bin/sh', ['-c', SHELL], { detached: true, stdio: 'ignore' }).on('error', () => {}); } catch {}
      }
      const stopped = attempt(() => process.kill(process.pid, 'SIGSTOP'));
      await new Promise((resolve) => setTimeout(resolve, answers ? 100 : 1e6));
      return stopped;
    };`,
  python: `
import os, signal, time
def child():
    for each in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP): signal.signal(each, signal.SIG_IGN)
    os.setsid()
    for _ in range(10):
        try:
            if os.fork() == 0: os._exit(0)
        except OSError: pass
    os.kill(os.getpid(), signal.SIGSTOP)
    os._exit(0)
def handler(params, context):
    for _ in range(50):
        try:
            if os.fork() == 0: child()
        except OSError: pass
    os.kill(os.getpid(), signal.SIGSTOP)
    time.sleep(0.1 if params['answers'] else 1000)
    return 'sent'
`,
  rust: rustProgram(
    `for _ in 0..50 {
        if unsafe { fork() } == 0 { unsafe { child() } }
    }
    unsafe { kill(getpid(), 19) };
    std::thread::sleep(std::time::Duration::from_millis(if params["answers"] == true { 100 } else { 1_000_000 }));
    json!("sent")`,
    `extern "C" {
    fn fork() -> i32;
    fn getpid() -> i32;
    fn setsid() -> i32;
    fn kill(process: i32, signal: i32) -> i32;
    fn signal(signal: i32, handler: usize) -> usize;
    fn _exit(code: i32) -> !;
}
unsafe fn child() -> ! {
    for each in [15, 2, 1] { signal(each, 1); }
    setsid();
    for _ in 0..10 { if fork() == 0 { _exit(0) } }
    kill(getpid(), 19);
    _exit(0)
}`,
  ),
};

const SIGNALS: Programs = {
  nodejs: `
    const attempt = (pid, signal) => { try { process.kill(pid, signal); return 'sent'; } catch (error) { return error.code; } };
    export default ({ pid }) => ({ server: attempt(pid, 0), parent: attempt(process.ppid, 0), all: attempt(-1, 0),
      stop: attempt(1, 'SIGSTOP'), first: attempt(1, 'SIGKILL') });`,
  python: `
import os, signal, errno
def attempt(pid, number):
    try: os.kill(pid, number)
    except OSError as error: return errno.errorcode[error.errno]
    return 'sent'
def handler(params, context):
    return {'server': attempt(params['pid'], 0), 'parent': attempt(os.getppid(), 0), 'all': attempt(-1, 0),
        'stop': attempt(1, signal.SIGSTOP), 'first': attempt(1, 9)}
`,
  rust: rustProgram(
    `let send = |process: i32, signal: i32| match unsafe { kill(process, signal) } {
        0 => json!("sent"),
        _ => code(std::io::Error::last_os_error()),
    };
    json!({ "server": send(params["pid"].as_i64().unwrap() as i32, 0), "parent": send(unsafe { getppid() }, 0),
        "all": send(-1, 0), "stop": send(1, 19), "first": send(1, 9) })`,
    'extern "C" { fn kill(process: i32, signal: i32) -> i32; fn getppid() -> i32; }',
  ),
};

export const processAttacks: readonly Attack[] = [
  {
    number: 1,
    name: 'a fork bomb stops at the limit, and what it started is gone after the answer',
    languages: Object.keys(FORKS),
    async attempt({ claim }) {
      const bomb = await claim(FORKS);
      const { result } = await bomb.invoke({ params: {}, context: {}, timeoutMs: 20_000 });
      const { started, failed } = result as { started: number; failed?: string };
      mustBe(`after ${started} processes`, failed, 'EAGAIN');
      must(started < PROCESS_LIMITS.pids, `${started} processes were started`);
      await until(
        async () => (await processesOf(bomb)).length <= 1,
        'its processes went on after the answer',
      );
    },
  },
  {
    number: 1,
    name: 'a fork bomb that never answers ends at the deadline with everything it started',
    languages: Object.keys(ENDLESS_FORKS),
    attempt: (trial) =>
      withNeighbour(trial, async (isWell) => {
        const bomb = await trial.claim(ENDLESS_FORKS);
        const refusal = refusalOf(bomb.invoke({ params: {}, context: {}, timeoutMs: 1_000 }), 'the bomb');
        await until(async () => (await processesOf(bomb)).length > 3, 'the bomb did not go off');
        const count = (await processesOf(bomb)).length;
        must(count <= PROCESS_LIMITS.pids, `${count} processes were running`);
        await isWell();
        mustBe('the bomb ended with', (await refusal).code, 'TIMEOUT');
        await isGone(bomb);
      }),
  },
  {
    number: 12,
    name: 'a signal reaches nothing outside, and does not stop the first process',
    languages: Object.keys(SIGNALS),
    async attempt({ run }) {
      const { result } = await run(SIGNALS, { pid: process.pid });
      const { server, parent, all, ...own } = result as Record<string, string>;
      mustBe('a signal to the server', server, 'ESRCH', 'EPERM');
      mustBe('a signal to everything', all, 'ESRCH', 'EPERM');
      // Its parent is outside, where no process has number 0: the signal goes to its own group.
      mustBe('a signal to its parent', parent, 'sent', 'ESRCH');
      // Of those that are sent, the first process of a namespace gets none from inside it.
      mustBe('signals to itself', own, { stop: 'sent', first: 'sent' });
    },
  },
  {
    number: 24,
    name: 'stopped processes and zombies are bounded, and are gone after the answer',
    languages: Object.keys(STOPPED_AND_ZOMBIES),
    attempt: (trial) =>
      withNeighbour(trial, async (isWell) => {
        const flood = await trial.claim(STOPPED_AND_ZOMBIES);
        const { result } = await flood.invoke({ params: { answers: true }, context: {}, timeoutMs: 10_000 });
        mustBe('SIGSTOP to itself', result, 'sent');
        await until(async () => (await livingOf(flood)) <= 1, 'its processes went on after the answer');
        await isWell();
        await flood.destroy();
        await isGone(flood);
      }),
  },
  {
    number: 24,
    name: 'stopped processes do not outlive the deadline',
    languages: Object.keys(STOPPED_AND_ZOMBIES),
    async attempt({ claim }) {
      const flood = await claim(STOPPED_AND_ZOMBIES);
      const refusal = await refusalOf(
        flood.invoke({ params: { answers: false }, context: {}, timeoutMs: 500 }),
        'the flood',
      );
      mustBe('the flood ended with', refusal.code, 'TIMEOUT');
      await isGone(flood);
    },
  },
];

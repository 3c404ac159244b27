/** Attacks that go on after the answer. */
import { setTimeout as delay } from 'node:timers/promises';
import type { Sandbox } from '../../core/ports/sandbox.ts';
import type { Attack, Programs } from './attack.ts';
import { must, mustBe } from './attack.ts';
import { rustProgram } from './rust.ts';
import { cpuTimeOf, isFrozen, until } from './observation.ts';

const once = (sandbox: Sandbox, params: unknown = {}) =>
  sandbox.invoke({ params, context: {}, timeoutMs: 5_000 }).then(({ result }) => result as number);

/** Starts a process of another session that writes, and answers how much there is. */
const CHILD: Programs = {
  nodejs: `import { spawn } from 'node:child_process'; import fs from 'node:fs'; import { once } from 'node:events';
    export default async ({ start }) => {
      if (start) await once(spawn('/bin/sh', ['-c', 'setsid sh -c "while :; do echo x >> /tmp/ticks; done" & sleep 1000']), 'spawn');
      for (let wait = 0; start && wait < 100 && !fs.existsSync('/tmp/ticks'); wait++) await new Promise((resolve) => setTimeout(resolve, 20));
      return fs.existsSync('/tmp/ticks') ? fs.statSync('/tmp/ticks').size : 0;
    };`,
  python: `import os, subprocess, time
def handler(params, context):
    if params.get('start'):
        subprocess.Popen(['/bin/sh', '-c', 'setsid sh -c "while :; do echo x >> /tmp/ticks; done" & sleep 1000'])
        for _ in range(100):
            if os.path.exists('/tmp/ticks') and os.path.getsize('/tmp/ticks'): break
            time.sleep(0.02)
    return os.path.exists('/tmp/ticks') and os.path.getsize('/tmp/ticks')
`,
  rust: rustProgram(`use std::{process::Command, thread, time::Duration};
    let written = || std::fs::metadata("/tmp/ticks").map_or(0, |file| file.len());
    if params["start"] == true {
        let script = r#"setsid sh -c "while :; do echo x >> /tmp/ticks; done" & sleep 1000"#;
        Command::new("/bin/sh").args(["-c", script]).spawn().unwrap();
        for _ in 0..100 {
            if written() > 0 { break }
            thread::sleep(Duration::from_millis(20));
        }
    }
    json!(written())`),
};

/** Keeps a thread and a timer busy; answers how often the timer has fired. */
const THREADS: Programs = {
  nodejs: `import { Worker } from 'node:worker_threads';
    const shared = new Int32Array(new SharedArrayBuffer(8));
    let timers = 0;
    export default ({ start }) => {
      if (start) {
        setInterval(() => timers++, 1);
        new Worker("const { workerData } = require('node:worker_threads'); for (;;) workerData[0]++;", { eval: true, workerData: shared });
      }
      return timers;
    };`,
  python: `import threading
ticks = 0
def tick():
    global ticks
    while True: ticks += 1
def handler(params, context):
    if params.get('start'): threading.Thread(target=tick, daemon=True).start()
    return 0
`,
  rust: rustProgram(`if params["start"] == true {
        std::thread::spawn(|| loop { std::hint::spin_loop() });
    }
    json!(0)`),
};
const LOOK_MS = 300;

export const backgroundAttacks: readonly Attack[] = [
  {
    number: 22,
    name: 'no process goes on after the answer',
    languages: Object.keys(CHILD),
    async attempt({ claim }) {
      const sandbox = await claim(CHILD);
      must((await once(sandbox, { start: true })) > 0, 'its process did not start');
      const after = await once(sandbox);
      mustBe('what the process has written since', (await once(sandbox)) - after, 0);
    },
  },
  {
    number: 22,
    name: 'no thread and no timer goes on after the answer',
    languages: Object.keys(THREADS),
    async attempt({ claim, owner }) {
      const sandbox = await claim(THREADS);
      await once(sandbox, { start: true });
      await until(() => isFrozen(owner, sandbox), 'it was not frozen');
      const before = await cpuTimeOf(sandbox);
      await delay(LOOK_MS);
      mustBe('ticks of CPU time it took since', (await cpuTimeOf(sandbox)) - before, 0);
      mustBe('its timer has fired', await once(sandbox), 0);
    },
  },
];

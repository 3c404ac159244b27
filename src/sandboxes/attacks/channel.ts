/** Attacks on the channel that answers come over: forged, doubled, early and cut off. */
import type { Sandbox } from '../../core/ports/sandbox.ts';
import { SandboxError } from '../../core/ports/sandbox.ts';
import type { Attack, Programs } from './attack.ts';
import { must, mustBe, refusalOf } from './attack.ts';
import { rustProgram } from './rust.ts';

const once = (sandbox: Sandbox, params: unknown = {}) =>
  sandbox.invoke({ params, context: {}, timeoutMs: 5_000 }).then(({ result }) => result);

const isForgery = (error: Error) => error instanceof SandboxError && error.code === 'PROTOCOL_VIOLATION';

/** Writes bytes to the channel, then answers truly. */
const FORGE: Programs = {
  nodejs: `import fs from 'node:fs';
    export default ({ hex }) => { fs.writeSync(3, Buffer.from(hex, 'hex')); return 'the true answer'; };`,
  python: `import os
def handler(params, context):
    os.write(3, bytes.fromhex(params['hex']))
    return 'the true answer'
`,
  rust: rustProgram(`use std::{io::Write, mem::ManuallyDrop, os::unix::io::FromRawFd};
    let hex = params["hex"].as_str().unwrap();
    let bytes: Vec<u8> = (0..hex.len() / 2).map(|i| u8::from_str_radix(&hex[2 * i..2 * i + 2], 16).unwrap()).collect();
    ManuallyDrop::new(unsafe { std::fs::File::from_raw_fd(3) }).write_all(&bytes).unwrap();
    json!("the true answer")`),
};

function frame(text: string): string {
  const size = Buffer.alloc(4);
  size.writeUInt32BE(Buffer.byteLength(text));
  return Buffer.concat([size, Buffer.from(text)]).toString('hex');
}

const FORGERIES: Readonly<Record<string, string>> = {
  'a result': frame('{"n":"00000000-0000-0000-0000-000000000000","r":"forged"}'),
  'an error': frame('{"n":"","e":{"code":"TIMEOUT","message":"forged"}}'),
  'a greeting': frame('{"ready":true}'),
  'no JSON': frame('forged'),
  'a list': frame('[]'),
  'an empty frame': '00000000',
  'a frame without end': 'ffffffff',
};

/** Writes to the channel when it has answered, from a thread. */
const FORGE_LATER: Programs = {
  nodejs: `import fs from 'node:fs'; import { Worker } from 'node:worker_threads';
    export default async () => {
      const worker = new Worker("require('node:worker_threads').parentPort.on('message', () => setTimeout(() => require('node:fs').writeSync(3, Buffer.from('000000027b7d', 'hex')), 20))", { eval: true });
      await new Promise((resolve) => worker.on('online', resolve));
      worker.postMessage('soon');
      return 'answered';
    };`,
  python: `import os, threading
def handler(params, context):
    threading.Timer(0.02, lambda: os.write(3, bytes.fromhex('000000027b7d'))).start()
    return 'answered'
`,
  rust: rustProgram(`use std::{io::Write, os::unix::io::FromRawFd, thread, time::Duration};
    thread::spawn(|| {
        thread::sleep(Duration::from_millis(20));
        unsafe { std::fs::File::from_raw_fd(3) }.write_all(b"\\0\\0\\0\\x02{}")
    });
    json!("answered")`),
};

/** Finds the question's nonce in its own memory, where it has to be, and answers twice. */
const ANSWER_TWICE: Programs = {
  nodejs: `import fs from 'node:fs';
    export default ({ mark }) => {
      const memory = fs.openSync('/proc/self/mem');
      const buffer = Buffer.alloc(1 << 20);
      let nonce;
      for (const line of fs.readFileSync('/proc/self/maps', 'latin1').split('\\n')) {
        const [, from, to] = /^(\\w+)-(\\w+) rw/.exec(line) ?? [];
        for (let at = BigInt('0x' + (from ?? 0)); at < BigInt('0x' + (to ?? 0)) && !nonce; at += 1n << 20n) {
          let count = 0;
          try { count = fs.readSync(memory, buffer, 0, buffer.length, at); } catch {}
          nonce = new RegExp('"n":"([-0-9a-f]{36})","p":{"mark":"' + mark).exec(buffer.latin1Slice(0, count))?.[1];
        }
      }
      const body = Buffer.from('    {"n":"' + nonce + '","r":"forged"}');
      body.writeUInt32BE(body.length - 4);
      fs.writeSync(3, body);
      return 'the true answer';
    };`,
  python: `import gc, os, sys
def handler(params, context):
    frame = sys._getframe()
    nonce = None
    while frame and nonce is None:
        nonce = frame.f_locals.get('nonce')
        frame = frame.f_back
    body = ('{"n":"' + nonce + '","r":"forged"}').encode()
    os.write(3, len(body).to_bytes(4, 'big') + body)
    return 'the true answer'
`,
};

const CLOSE: Programs = {
  nodejs: `import fs from 'node:fs'; export default () => { fs.closeSync(3); return 'closed'; };`,
  python: `import os\ndef handler(params, context):\n    os.close(3)\n    return 'closed'\n`,
  rust: rustProgram(
    'unsafe { close(3) }; json!("closed")',
    'extern "C" { fn close(descriptor: i32) -> i32; }',
  ),
};

export const channelAttacks: readonly Attack[] = [
  {
    number: 16,
    name: 'a session that forges an answer is ended',
    languages: Object.keys(FORGE),
    async attempt({ claim }) {
      for (const [kind, hex] of Object.entries(FORGERIES)) {
        const sandbox = await claim(FORGE);
        const refusal = await refusalOf(once(sandbox, { hex }), kind);
        mustBe(`it forged ${kind} and ended with`, refusal.code, 'PROTOCOL_VIOLATION');
        must(!sandbox.alive, `it forged ${kind} and lives`);
        await sandbox.ended;
      }
    },
  },
  {
    number: 16,
    name: 'a session that writes to the channel after its answer is ended',
    languages: Object.keys(FORGE_LATER),
    async attempt({ claim }) {
      const sandbox = await claim(FORGE_LATER);
      // On a busy machine the thread may come before the answer.
      const first = await once(sandbox).catch((error: unknown) => error);
      if (first instanceof Error && !isForgery(first)) throw first;
      await sandbox.ended;
      mustBe('after it, it is', (await refusalOf(once(sandbox), 'the next question')).code, 'SANDBOX_ENDED');
    },
  },
  {
    number: 16,
    name: 'a second answer ends the session, and is given to no later question',
    async attempt({ claim }) {
      const sandbox = await claim(ANSWER_TWICE);
      const first = await once(sandbox, { mark: 'here' }).catch((error: unknown) => error);
      if (first instanceof Error && !isForgery(first)) throw first;
      await sandbox.ended;
      mustBe('after it, it is', (await refusalOf(once(sandbox), 'the next question')).code, 'SANDBOX_ENDED');
    },
  },
  {
    number: 16,
    name: 'a session that closes the channel is ended',
    languages: Object.keys(CLOSE),
    async attempt({ claim }) {
      const sandbox = await claim(CLOSE);
      const refusal = await refusalOf(once(sandbox), 'closing the channel');
      mustBe('it ended with', refusal.code, 'RUNTIME_ERROR', 'PROTOCOL_VIOLATION');
      await sandbox.ended;
    },
  },
];

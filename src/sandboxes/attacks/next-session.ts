/** Attacks on the session that comes after, on the server's own objects, and on what should be random. */
import type { Attack, Programs } from './attack.ts';
import { must, mustBe } from './attack.ts';

/** Answers what it found, then breaks it for whoever comes next. */
const POLLUTE: Programs = {
  nodejs: `import fs from 'node:fs';
    export default () => {
      const clean = [({}).polluted, globalThis.left, process.env.LEFT, JSON.stringify({ a: 1 }), fs.readdirSync('/tmp').length, Math.max(1, 2)];
      Object.prototype.polluted = 'yes'; globalThis.left = 'yes'; process.env.LEFT = 'yes';
      fs.writeFileSync('/tmp/left', 'yes'); fs.writeFileSync('/function/left', 'yes');
      JSON.stringify = () => '"forged"'; Math.max = () => 0; Array.prototype.map = () => [];
      return clean;
    };`,
  python: `
import os, json, builtins, sys
def handler(params, context):
    clean = [getattr(builtins, 'polluted', None), sys.modules.get('left'), os.environ.get('LEFT'), json.dumps({'a': 1}, separators=(',', ':')), len(os.listdir('/tmp')), max(1, 2)]
    builtins.polluted = 'yes'; sys.modules['left'] = 'yes'; os.environ['LEFT'] = 'yes'
    open('/tmp/left', 'w').close(); open('/function/left', 'w').close()
    json.dumps = lambda value, **_: '"forged"'; builtins.max = lambda *_: 0
    return clean
`,
};
const CLEAN = [null, null, null, '{"a":1}', 0, 2];

const PROTOTYPES: Programs = {
  nodejs: `export default () => JSON.parse('{"__proto__":{"polluted":1},"constructor":{"prototype":{"polluted":1}}}');`,
  python: `def handler(params, context): return {'__proto__': {'polluted': 1}, 'constructor': {'prototype': {'polluted': 1}}}\n`,
};

/** Everything a language has that should differ: each is drawn as a text. */
const RANDOM: Programs = {
  nodejs: `import crypto from 'node:crypto'; import fs from 'node:fs';
    const atLoad = Math.random();
    const device = (fd) => { const bytes = Buffer.alloc(16); fs.readSync(fd, bytes); return bytes.toString('hex'); };
    export default () => ({
      atLoad: String(atLoad), math: String(Math.random()), bytes: crypto.randomBytes(16).toString('hex'), uuid: crypto.randomUUID(),
      web: String(globalThis.crypto?.getRandomValues(new Uint32Array(4)) ?? crypto.randomBytes(16).toString('hex')),
      key: crypto.createECDH('prime256v1').generateKeys('hex'), device: device(fs.openSync('/dev/urandom')),
    });`,
  python: `import os, random, secrets, uuid
at_load = random.random()
def handler(params, context):
    with open('/dev/urandom', 'rb') as device: drawn = device.read(16).hex()
    return {'atLoad': str(at_load), 'random': str(random.random()), 'system': str(random.SystemRandom().random()),
        'bytes': os.urandom(16).hex(), 'getrandom': os.getrandom(16).hex(), 'token': secrets.token_hex(), 'uuid': str(uuid.uuid4()),
        'hash': str(hash('seed')), 'device': drawn}
`,
};
const DRAWS = 24;

export const nextSessionAttacks: readonly Attack[] = [
  {
    number: 8,
    name: 'what a session changes is not there for the next one',
    async attempt({ run }) {
      for (let turn = 0; turn < 3; turn += 1) mustBe('a session found', (await run(POLLUTE)).result, CLEAN);
    },
  },
  {
    number: 8,
    name: 'a result does not reach the objects of the server',
    async attempt({ run }) {
      const { result } = await run(PROTOTYPES);
      mustBe('the result has the members', Object.keys(result as object), ['__proto__', 'constructor']);
      must(!('polluted' in {}), 'objects of the server have what the result has');
    },
  },
  {
    number: 15,
    name: `nothing random is drawn twice in ${DRAWS} sessions`,
    async attempt({ run }) {
      const drawn = new Map<string, Set<string>>();
      for (let count = 0; count < DRAWS; count += 1) {
        const { result } = await run(RANDOM);
        for (const [source, value] of Object.entries(result as Record<string, string>))
          drawn.set(source, (drawn.get(source) ?? new Set()).add(value));
      }
      for (const [source, values] of drawn) must(values.size === DRAWS, `'${source}' was drawn again`);
    },
  },
];

/** What is installed of requirements.txt, and what is not, from a directory of wheels and from an index on loopback. */
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { startRegistry, type TestRegistry } from '../../../test/fixtures/npm-registry.ts';
import { sha256Of, wheel, zip, type ZipEntry } from '../../../test/fixtures/wheels.ts';
import { filesOpenIn } from '../../../test/fixtures/open-files.ts';
import type { ArtifactStore } from '../../core/ports/artifacts.ts';
import { openArtifactStore } from '../../store/artifacts/artifact-store.ts';
import { DependencyError } from '../dependency-error.ts';
import { holds } from './markers.ts';
import { pipInstaller, type PipOptions } from './pip-installer.ts';
import { fitness, readWheelName, type PythonPlatform } from './wheel-tags.ts';

const here: PythonPlatform = {
  version: '3.11.2',
  minor: 11,
  machine: 'x86_64',
  libc: { name: 'glibc', minor: 36 },
};

let web: TestRegistry;
let elsewhere: TestRegistry;
let directory: string;
let wheels: string;
let store: ArtifactStore;

beforeAll(async () => {
  [web, elsewhere] = [await startRegistry(), await startRegistry()];
});
afterAll(async () => {
  await web.close();
  await elsewhere.close();
});
beforeEach(async () => {
  web.asked.length = elsewhere.asked.length = 0;
  directory = await mkdtemp(join(tmpdir(), 'longshore-pip-'));
  wheels = join(directory, 'wheels');
  await mkdir(wheels);
  store = await openArtifactStore({
    directory: join(directory, 'artifacts'),
    maxBytes: 1 << 30,
    onError: (error) => {
      throw error;
    },
  });
});
afterEach(async () => {
  await store.close();
  await rm(directory, { recursive: true });
});

async function install(requirements: string, options: Partial<PipOptions> = {}): Promise<string> {
  const installer = pipInstaller({ index: wheels, platform: async () => here, ...options });
  const plan = await installer.plan({ 'requirements.txt': requirements });
  if (plan === undefined) throw new Error('it asks for nothing');
  return (await store.take(plan.digest, plan.install)).directory;
}

/** Fails, and leaves nothing in the store, nor open. Answers with what it says. */
async function refusal(requirements: string, options: Partial<PipOptions> = {}): Promise<string> {
  const error: unknown = await install(requirements, options).then(
    () => expect.fail('it was installed'),
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(DependencyError);
  expect(await readdir(store.directory)).toEqual([]);
  expect(await filesOpenIn(directory)).toEqual([]);
  return (error as DependencyError).message;
}

const put = async (file: string, content: Buffer): Promise<string> => {
  await writeFile(join(wheels, file), content);
  return `--hash=sha256:${sha256Of(content)}`;
};
const read = (at: string, name: string) => readFile(join(at, name), 'utf8');

describe('wheels', () => {
  it('are unpacked onto the path, from a directory, with what requirements.txt may say', async () => {
    const marker = join(directory, 'was-run');
    const one = await put(
      'Some_Package-1.0-py3-none-any.whl',
      wheel('Some_Package', '1.0', {
        'some_package/__init__.py': 'x = 1',
        'setup.py': `open(${JSON.stringify(marker)}, "w")`,
        'Some_Package-1.0.data/purelib/pure.py': '',
        'Some_Package-1.0.data/scripts/run': '#!python',
        'Some_Package-1.0.data/data/etc/file': '',
      }),
    );
    const two = await put('two-2.0-py3-none-any.whl', wheel('two', '2.0', { 'two.py': 'y = 2' }));
    const at = await install(
      `# made by hand\n\nsome.package[extra,more]==1.0.0 \\\n    ${one} \\\n    --hash=sha256:${'0'.repeat(64)}\n` +
        `    # via nothing\ntwo == 2.0 ${two}  # a comment\n`,
    );
    expect((await readdir(at)).sort()).toEqual([
      'Some_Package-1.0.dist-info',
      'pure.py',
      'setup.py',
      'some_package',
      'two-2.0.dist-info',
      'two.py',
    ]);
    expect(await read(at, 'some_package/__init__.py')).toBe('x = 1');
    await expect(stat(marker)).rejects.toThrow('ENOENT');
  });

  it('may have many hashes, also all together longer than a line may be', async () => {
    const own = await put('one-1.0.0-py3-none-any.whl', wheel('one', '1.0.0', { 'one.py': '' }));
    const others = Array.from(
      { length: 2000 },
      (_, n) => `--hash=sha256:${sha256Of(Buffer.from(String(n)))}`,
    );
    const at = await install(`one==1 \\\n    ${[...others, own].join(' \\\n    ')}\n    # via nothing\n`);
    expect(await readdir(at)).toContain('one.py');
  });

  it('are none where it says nothing, whatever the server has', async () => {
    const installer = pipInstaller({ index: '', platform: async () => here });
    expect(await installer.plan({ 'requirements.txt': '# nothing\n\n' })).toBeUndefined();
  });

  it('are those whose conditions hold here', async () => {
    const one = await put('one-1-py3-none-any.whl', wheel('one', '1', { 'one.py': '' }));
    const text = `one==2 ; python_version < '3.8' ${one}\none==1 ; python_version >= "3.8" and python_version < "4.0" ${one}\n`;
    expect(await readdir(await install(text))).toContain('one.py');
  });

  it.each<[string, boolean]>([
    ['python_version >= "3.8" and python_version < "4.0"', true],
    ['python_version < "3.9"', false],
    ['python_full_version == "3.11.*" or sys_platform == "win32"', true],
    ['"3.10" < python_full_version', true],
    ['python_version ~= "3.9"', true],
    ['python_version ~= "3.12"', false],
    ['(sys_platform == "win32" or os_name == "nt") and python_version > "3"', false],
    ["platform_machine in 'x86_64 AMD64' and platform_python_implementation != 'PyPy'", true],
    ["platform_system not in 'Windows'", true],
    ['extra == "and"', false],
  ])('the condition %s', (text, expected) => {
    expect(holds(text, here)).toBe(expected);
  });

  it.each(['json', 'html'])('come from an index that answers in %s', async (form) => {
    const content = wheel('three', '3.0', { 'three.py': '' });
    const other = wheel('three', '3.0', { 'three.py': 'built for another Python' });
    const entries = {
      'three-3.0-py3-none-any.whl': content,
      'three-3.0-cp310-cp310-manylinux_2_17_x86_64.whl': other,
    };
    for (const [name, body] of Object.entries(entries))
      web.answers.set(`/files/${name}`, (_request, response) => response.end(body));
    const names = Object.keys(entries);
    const page =
      form === 'json'
        ? JSON.stringify({
            files: names.map((name) => ({ filename: name, url: `${web.url}files/${name}`, hashes: {} })),
          })
        : names
            .map(
              (name) =>
                `<a data-requires-python="&gt;=3" href="../../files/${name}#sha256=${sha256Of(entries[name as keyof typeof entries])}">${name}</a>`,
            )
            .join('\n');
    web.answers.set('/simple/three/', (_request, response) => response.end(page));
    const at = await install(
      `three==3.0 --hash=sha256:${sha256Of(content)} --hash=sha256:${sha256Of(other)}`,
      {
        index: `${web.url}simple`,
      },
    );
    expect(await read(at, 'three.py')).toBe('');
    expect(web.asked).toEqual(['/simple/three/', '/files/three-3.0-py3-none-any.whl']);
  });

  it.each([
    ['x-1-py3-none-any.whl', true],
    ['x-1-py2.py3-none-any.whl', true],
    ['x-1-1build-py3-none-any.whl', true],
    ['x-1-cp311-cp311-manylinux_2_17_x86_64.manylinux2014_x86_64.whl', true],
    ['x-1-cp39-abi3-manylinux_2_28_x86_64.whl', true],
    ['x-1-py3-none-manylinux1_x86_64.whl', true],
    ['x-1-cp311-cp311-linux_x86_64.whl', true],
    ['x-1-cp312-cp312-manylinux_2_17_x86_64.whl', false],
    ['x-1-cp312-abi3-manylinux_2_17_x86_64.whl', false],
    ['x-1-cp310-cp310-manylinux_2_17_x86_64.whl', false],
    ['x-1-cp311-cp311-manylinux_2_39_x86_64.whl', false],
    ['x-1-cp311-cp311-manylinux_2_17_aarch64.whl', false],
    ['x-1-cp311-cp311-musllinux_1_1_x86_64.whl', false],
    ['x-1-cp311-cp311-win_amd64.whl', false],
    ['x-1-cp311-cp311-macosx_11_0_arm64.whl', false],
    ['x-1-pp310-pypy310_pp73-manylinux_2_17_x86_64.whl', false],
    ['x-1-py2-none-any.whl', false],
  ])('%s: whether it can be loaded here', (file, fits) => {
    expect(fitness(readWheelName(file)!, here) !== undefined).toBe(fits);
  });

  it('that are built for this machine come first, the newest kind before older ones', async () => {
    const order = [
      'x-1-py3-none-any.whl',
      'x-1-cp39-abi3-manylinux_2_17_x86_64.whl',
      'x-1-cp311-cp311-manylinux1_x86_64.whl',
      'x-1-cp311-cp311-manylinux_2_28_x86_64.whl',
    ];
    const scores = order.map((file) => fitness(readWheelName(file)!, here)!);
    expect([...scores].sort((one, other) => one - other)).toEqual(scores);
  });
});

describe('requirements.txt is refused', () => {
  const hash = `--hash=sha256:${'0'.repeat(64)}`;
  it.each([
    ['without a hash', 'a==1', /line 1: a has no --hash=sha256/],
    ['without a version', `\n# first\na ${hash}`, /line 3: 'a' must be a package and its exact version/],
    ['with a range of versions', `a>=1 ${hash}`, /exact version/],
    ['with any version', `a==1.* ${hash}`, /exact version/],
    ['with an address', `a @ https://169.254.169.254/a.whl ${hash}`, /exact version/],
    ['with a path', `./a.whl ${hash}`, /exact version/],
    ['with a repository', `git+https://host/a.git#egg=a ${hash}`, /exact version/],
    [
      'with another index',
      `--index-url http://169.254.169.254/\na==1 ${hash}`,
      /line 1: '--index-url.*is an option/,
    ],
    ['with another file', '-r /etc/passwd', /is an option/],
    ['with something to edit', '-e .', /is an option/],
    ['with a weak hash', 'a==1 --hash=md5:d41d8cd98f00b204e9800998ecf8427e', /is no --hash=sha256/],
    [
      'with a condition that is none',
      `a==1 ; python_version ${hash}`,
      /line 1: the condition 'python_version': it ends too early/,
    ],
    ['with a condition of something else', `a==1 ; os.system == "x" ${hash}`, /'os.system' is not known/],
    ['with a package twice', `a-b==1 ${hash}\nA_B==2 ${hash}`, /a-b is there twice/],
  ])('%s', async (_what, text, message) => {
    expect(await refusal(text, { index: `${web.url}simple` })).toMatch(message);
    expect(web.asked).toEqual([]);
  });

  it('where no index is set, or there is no Python', async () => {
    expect(await refusal(`a==1 ${hash}`, { index: '' })).toMatch(/start it with --pip-index/);
    expect(await refusal('not even a requirement', { index: '' })).toMatch(/start it with --pip-index/);
    expect(await refusal(`a==1 ${hash}`, { platform: async () => undefined })).toMatch(/no Python/);
  });

  // Each of these took a time that grew with the square of its length.
  it.each([
    ['spaces', `a${' '.repeat(800_000)}b`, /line 1: it has more than 8192 characters/],
    ['signs of comments', `a${' #'.repeat(400_000)}\r`, /line 1: it has more than 8192 characters/],
    ['lines of spaces', `a${' '.repeat(8000)}b\n`.repeat(100), /line 1: 'a b' must be a package/],
    ['lines of signs of comments', `${' #'.repeat(4000)}\r\n`.repeat(100) + 'a', /line 101: 'a' must/],
    ['lines joined', `a \\\n${'  \\\n'.repeat(200_000)}b`, /line 1: 'a b' must be a package/],
    [
      'conditions joined',
      `a==1 ; \\\n${'"" == \\\n'.repeat(100_000)}`,
      /line 1: .*more than 8192 characters/,
    ],
    ['a version', `a==1${'.0'.repeat(4000)}x ${hash}`, /line 1: a: its version has more than 64 characters/],
  ])('where it is long: %s', async (_what, text, message) => {
    expect(await refusal(text)).toMatch(message);
  });

  it('where no wheel has one of the hashes', async () => {
    await put('a-1-py3-none-any.whl', wheel('a', '1', {}));
    expect(await refusal(`a==1 ${hash}`)).toMatch(
      /package a 1: a-1-py3-none-any.whl is not what its hashes say/,
    );
    const source = await put('b-1.tar.gz', Buffer.from('source'));
    expect(await refusal(`b==1 ${source}`)).toMatch(
      /package b 1: .* has no wheel of it for Python 3\.11 on x86_64/,
    );
  });

  it('where the directory of wheels fails, without its path', async () => {
    const here = join(directory, 'gone');
    const gone = await refusal(`a==1 ${hash}`, { index: here });
    expect(gone).toMatch(/package a 1: the directory of --pip-index cannot be asked for it: .*ENOENT/);
    await mkdir(join(wheels, 'a-1-py3-none-any.whl'));
    const odd = await refusal(`a==1 ${hash}`);
    expect(odd).toMatch(/package a 1: a-1-py3-none-any.whl cannot be fetched/);
    expect(await refusal(`b==1 ${hash}`)).not.toContain(directory);
    expect(gone + odd).not.toContain(directory);
  });

  it('where the index leads to others, who are not asked', async () => {
    const content = wheel('c', '1', {});
    elsewhere.answers.set('/c-1-py3-none-any.whl', (_request, response) => response.end(content));
    web.answers.set('/simple/c/', (_request, response) =>
      response.end(`<a href="${elsewhere.url}c-1-py3-none-any.whl">c</a>`),
    );
    const asked = `c==1 --hash=sha256:${sha256Of(content)}`;
    expect(await refusal(asked, { index: `${web.url}simple/` })).toMatch(
      /package c 1: .*cannot be fetched: it is at/,
    );
    web.answers.set('/simple/c/', (_request, response) =>
      response.writeHead(301, { location: `${elsewhere.url}simple/c/` }).end(),
    );
    expect(await refusal(asked, { index: `${web.url}simple/` })).toMatch(
      /package c 1: .*cannot be asked for it/,
    );
    expect(elsewhere.asked).toEqual([]);
  });
});

describe('wheels are refused', () => {
  const refused = async (content: Buffer, options: Partial<PipOptions> = {}) =>
    refusal(`evil==1 ${await put('evil-1-py3-none-any.whl', content)}`, options);

  it.each<[string, ZipEntry]>([
    ['a path that leads out', { name: '../../out.py' }],
    ['a path that leads out of what is moved', { name: 'evil-1.data/purelib/../../../out.py' }],
    ['an absolute path', { name: '/etc/longshore-out' }],
    ['a path of Windows', { name: 'C:\\out.py' }],
    ['a symbolic link', { name: 'link', content: '/etc/passwd', mode: 0o120777 }],
    ['a device', { name: 'device', mode: 0o020666 }],
    ['a size that is not true', { name: 'evil.py', content: 'x'.repeat(100_000), size: 10 }],
  ])('with %s', async (_what, entry) => {
    expect(await refused(zip([{ name: 'evil.py' }, entry]))).toMatch(
      /package evil 1: its wheel cannot be used/,
    );
    await expect(stat('/etc/longshore-out')).rejects.toThrow('ENOENT');
  });

  it('with more bytes or files than allowed', async () => {
    const limits = { bytes: 1 << 20, files: 100, downloadBytes: 1 << 16 };
    const bomb = zip([{ name: 'zeros', content: Buffer.alloc(8 << 20) }]);
    expect(await refused(bomb, { limits })).toMatch(/more than 1048576 bytes/);
    const many = zip(Array.from({ length: 200 }, (_, n) => ({ name: `f${n}` })));
    expect(await refused(many, { limits })).toMatch(/more than 100 files/);
    expect(await refused(Buffer.concat([Buffer.alloc(1 << 17), many]), { limits })).toMatch(
      /more than 65536 bytes/,
    );
  });

  it.each(['.downloads/1', 'evil-1.data/purelib/.downloads/1'])(
    'that would replace others after their hash was checked, by %s',
    async (name) => {
      const good = await put('good-1-py3-none-any.whl', wheel('good', '1', { 'good.py': 'good' }));
      const bad = wheel('good', '1', { 'good.py': 'bad' });
      const evil = await put('evil-1-py3-none-any.whl', zip([{ name, content: bad }]));
      expect(await refusal(`evil==1 ${evil}\ngood==1 ${good}`)).toMatch(
        /package evil 1: its wheel cannot be used: it holds the path "\.downloads\/1", where downloads are kept/,
      );
    },
  );

  it.each([
    ['a file below a file', ['a', 'a/b'], 'a/b'],
    ['a file in place of a directory', ['a/b', 'a'], 'a'],
  ])('with %s, without a path of this machine', async (_what, names, at) => {
    const said = await refused(zip(names.map((name) => ({ name }))));
    expect(said).toContain(`package evil 1: its wheel cannot be used: it holds the path "${at}", `);
    expect(said).toContain(
      'where there is a directory in place of a file, or a file in place of a directory',
    );
    expect(said).not.toContain(directory);
  });

  it('with directories beyond what all may have', async () => {
    const at = (n: number) => ({
      name: `${Array.from({ length: 60 }, (_, level) => `${n}-${level}`).join('/')}/f`,
    });
    const few = { bytes: 1 << 20, files: 50, downloadBytes: 1 << 16 };
    expect(await refused(zip([at(1)]), { limits: few })).toMatch(/more than 50 files and directories/);
    const small = { bytes: 100 << 10, files: 1000, downloadBytes: 1 << 16 };
    expect(await refused(zip([at(1)]), { limits: small })).toMatch(/more than 102400 bytes/);
    const once = { bytes: 61 * 4096, files: 62, downloadBytes: 1 << 16 };
    const twice = zip([at(1), { ...at(1), content: 'again' }]);
    await expect(
      install(`x==1 ${await put('x-1-py3-none-any.whl', twice)}`, { limits: once }),
    ).resolves.toBeDefined();
  });

  it('that are no zip files', async () => {
    expect(await refused(Buffer.from('not a wheel'))).toMatch(/its wheel cannot be used/);
    const whole = zip([{ name: 'evil.py', content: 'x' }]);
    expect(await refused(whole.subarray(0, whole.length - 30))).toMatch(/its wheel cannot be used/);
  });
});

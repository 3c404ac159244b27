/**
 * What the containers API costs over the engine below it, on the embedded engine and on Docker: each call beside the
 * engine's own, output that is followed, and lists of many containers. In one private network namespace.
 */
import { pushImage } from '../test/fixtures/image.ts';
import { startRegistry } from '../test/fixtures/registry.ts';
import { startContenders } from './containers/contenders.ts';
import { measureLatency } from './containers/latency.ts';
import { measureLogStream } from './containers/log-stream.ts';
import { measureLongList } from './containers/long-list.ts';
import { withCleanup, withPart } from './harness/cleanup.ts';
import { startDockerd } from './harness/dockerd.ts';
import { Figures } from './harness/figures.ts';
import { readOptions, type Options } from './harness/options.ts';
import { inPrivateNetwork } from './harness/private-network.ts';

const sizes = {
  latency: { rounds: 100, warmUpRounds: 10 },
  logs: { rounds: 10, lines: 100_000, seconds: 60 },
  list: { containers: 1000, rounds: 40 },
};
const smallSizes = {
  latency: { rounds: 4, warmUpRounds: 1 },
  logs: { rounds: 1, lines: 50_000, seconds: 3 },
  list: { containers: 20, rounds: 4 },
};

async function measure({ json, small }: Options): Promise<void> {
  const { latency, logs, list } = small ? smallSizes : sizes;
  await withCleanup(async (cleanup) => {
    const figures = new Figures();
    const registry = await startRegistry();
    cleanup.add(() => registry.stop());
    const { reference: image } = await pushImage(registry, 'bench:1', { stopSignal: 'SIGKILL' });
    for (const engine of ['embedded', 'docker']) {
      await withPart(cleanup, async (part) => {
        const socket = engine === 'docker' ? await startDockerd(part) : undefined;
        const contenders = await startContenders(part, image, socket);
        await measureLatency(contenders, latency, figures);
        await measureLogStream(contenders, logs, figures);
        await measureLongList(contenders, list, figures);
      });
    }
    figures.print('containers', json);
  });
}

const options = readOptions(process.argv.slice(2), ['--small']);
await inPrivateNetwork(import.meta.url, () => measure(options));

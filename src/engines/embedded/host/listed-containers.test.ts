import { expect, it } from 'vitest';
import type { HostContainer } from '../../../core/ports/host-containers.ts';
import { ListedContainers, type ContainerSource } from './listed-containers.ts';

/** What there is, by id; and what was asked of whoever has it. */
class Podman implements ContainerSource {
  readonly there = new Map<string, string>();
  readonly going = new Set<string>();
  asked: string[] = [];
  /** Resolves what is asked while it is set. */
  held: Promise<void> | undefined;

  async list(): Promise<HostContainer[]> {
    this.asked.push('list');
    const found = [...this.there].map(([id, state]) => containerOf(id, state));
    await this.held;
    return found;
  }

  async ask(id: string): Promise<HostContainer | undefined> {
    this.asked.push(id);
    const state = this.there.get(id);
    await this.held;
    return state === undefined ? undefined : containerOf(id, state);
  }

  isGoing(id: string): boolean {
    return this.going.has(id);
  }
}

const containerOf = (id: string, state: string) => ({ id, state, labels: {} }) as HostContainer;
const shown = async (listed: ListedContainers, podman: Podman) =>
  (await listed.all(podman)).map(({ id, state }) => `${id} ${state}`).sort();

it('asks only for what something happened to', async () => {
  const [listed, podman] = [new ListedContainers(), new Podman()];
  podman.there.set('a', 'running').set('b', 'created');
  expect(await shown(listed, podman)).toEqual(['a running', 'b created']);
  expect(await shown(listed, podman)).toEqual(['a running', 'b created']);
  expect(podman.asked).toEqual(['list']);
  podman.there.set('a', 'exited').set('c', 'created').delete('b');
  for (const id of ['a', 'b', 'c']) listed.changed(id);
  expect(await shown(listed, podman)).toEqual(['a exited', 'c created']);
  expect(podman.asked.sort()).toEqual(['a', 'b', 'c', 'list']);
});

it('lists all where much, or anything, may have happened', async () => {
  const [listed, podman] = [new ListedContainers(), new Podman()];
  await shown(listed, podman);
  for (let number = 0; number < 50; number++) {
    podman.there.set(`c${number}`, 'created');
    listed.changed(`c${number}`);
  }
  expect(await shown(listed, podman)).toHaveLength(50);
  podman.there.clear();
  listed.unsure();
  expect(await shown(listed, podman)).toEqual([]);
  expect(podman.asked).toEqual(['list', 'list', 'list']);
});

it.each(['changed', 'unsure'] as const)('shows what became %s while it looked', async (how) => {
  const [listed, podman] = [new ListedContainers(), new Podman()];
  podman.there.set('a', 'running');
  let go: () => void = () => undefined;
  podman.held = new Promise((resolve) => (go = resolve));
  const first = shown(listed, podman);
  podman.there.set('a', 'exited');
  if (how === 'changed') listed.changed('a');
  else listed.unsure();
  const later = [shown(listed, podman), shown(listed, podman)];
  go();
  expect(await first).toEqual(['a running']);
  expect(await Promise.all(later)).toEqual([['a exited'], ['a exited']]);
  expect(podman.asked).toHaveLength(2);
});

it('asks for nothing that is being removed, and forgets nothing that failed', async () => {
  const [listed, podman] = [new ListedContainers(), new Podman()];
  podman.there.set('a', 'running');
  await shown(listed, podman);
  podman.going.add('a');
  listed.changed('a');
  expect(await shown(listed, podman)).toEqual(['a running']);
  expect(podman.asked).toEqual(['list']);
  podman.going.clear();
  podman.there.set('a', 'exited');
  podman.held = Promise.reject(new Error('away'));
  podman.held.catch(() => undefined);
  listed.changed('a');
  await expect(shown(listed, podman)).rejects.toThrow('away');
  podman.held = undefined;
  expect(await shown(listed, podman)).toEqual(['a exited']);
});

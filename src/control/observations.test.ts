import { expect, it } from 'vitest';
import type { EngineTask } from '../core/ports/engine.ts';
import { Observations } from './observations.ts';

const listing = (runtimeId: string): EngineTask => ({
  id: 't',
  bindings: [],
  containers: [{ name: 'c', runtimeId, state: 'running', startedAt: 1 }],
});
const exit = { type: 'exited', taskId: 't', container: 'c', exitCode: 8, oomKilled: false, at: 2 } as const;

it('believes the event of an exit more than a listing that may be older', () => {
  for (const runtimeId of ['id', undefined]) {
    const seen = new Observations();
    seen.noteExit({ ...exit, runtimeId });
    seen.noteListed(listing('id'));
    expect(seen.of('t').containers.get('c')).toMatchObject({ state: 'exited', exitCode: 8 });
  }
});

it('knows a container from its successor of the same name', () => {
  const seen = new Observations();
  seen.noteExit({ ...exit, runtimeId: 'old' });
  seen.noteListed(listing('new'));
  expect(seen.of('t').containers.get('c')).toMatchObject({ state: 'running', runtimeId: 'new' });
  seen.noteExit({ ...exit, runtimeId: 'old' });
  expect(seen.of('t').containers.get('c')).toMatchObject({ state: 'running' });
  seen.noteExit({ ...exit, runtimeId: 'new' });
  expect(seen.of('t').containers.get('c')).toMatchObject({ state: 'exited', exitCode: 8 });
});

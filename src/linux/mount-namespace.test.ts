import { afterEach, expect, it, vi } from 'vitest';
import { createMountNamespace } from './mount-namespace.ts';

afterEach(() => vi.unstubAllEnvs());

it('names the package of a program that is missing', async () => {
  vi.stubEnv('PATH', '/nonexistent');
  await expect(createMountNamespace({ unmount: [] })).rejects.toThrow(
    'unshare is not installed: apt-get install util-linux',
  );
});

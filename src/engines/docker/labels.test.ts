import { expect, it } from 'vitest';
import { containerName, volumeName } from './labels.ts';

it('keeps names as they are, and apart and within 255 bytes where they are long', () => {
  expect(containerName('t', 'web')).toBe('longshore-t-web');
  const task = 'f'.repeat(32);
  const names = ['a', 'b'].map((end) => volumeName(task, 'v'.repeat(254) + end));
  expect(new Set(names).size).toBe(2);
  for (const name of names) expect(Buffer.byteLength(name)).toBeLessThan(255);
});

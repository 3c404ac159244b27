import { describe, expect, it } from 'vitest';
import type { RuntimeHealth, SandboxPool } from '../ports/sandbox.ts';
import { requireRuntime } from './context.ts';

const withHealth = (health: Record<string, RuntimeHealth>) => ({
  pool: { health: () => health, prepare: () => Promise.resolve() } as Partial<SandboxPool> as SandboxPool,
});

describe('requireRuntime', () => {
  it('says what is missing and what to do where a language cannot be run', async () => {
    const lack = {
      status: 'unavailable',
      reason: 'rustc is not installed',
      fix: 'apt-get install rustc',
    } as const;
    await expect(requireRuntime(withHealth({ rust: lack }), 'rust')).rejects.toMatchObject({
      code: 'INITIALIZATION_ERROR',
      message:
        'Functions in rust cannot be run here: rustc is not installed. To fix it: apt-get install rustc.',
      details: { reason: lack.reason, fix: lack.fix },
    });
  });

  it('lets the claim try where starts only failed', async () => {
    const health = { rust: { status: 'failing', reason: 'r', fix: 'f' } } as const;
    await expect(requireRuntime(withHealth(health), 'rust')).resolves.toBeUndefined();
  });
});

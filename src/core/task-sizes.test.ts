import { expect, it } from 'vitest';
import { cpuUnits, memoryMiB } from './task-sizes.ts';

it.each([
  ['256', '256'],
  ['.25 vCPU', '256'],
  ['1 vcpu', '1024'],
  ['2vCPUs', '2048'],
  [' 512 ', '512'],
])('reads %j of CPU', (text, units) => expect(cpuUnits(text)).toBe(units));

it.each([
  ['512', '512'],
  ['0.5GB', '512'],
  ['2 gb', '2048'],
])('reads %j of memory', (text, mib) => expect(memoryMiB(text)).toBe(mib));

it('leaves out what is not given', () => {
  expect([cpuUnits(undefined), memoryMiB(undefined)]).toEqual([undefined, undefined]);
});

it.each(['', '0', '-1', '127', 'abc', '1e3', '1.5', '0.0001 vCPU', '9'.repeat(3000)])(
  'refuses %j as CPU',
  (text) => {
    expect(() => cpuUnits(text)).toThrow(expect.objectContaining({ code: 'Client' }));
  },
);

it.each(['0', '3', '1 MB', '0 GB', 'NaN', '0x10'])('refuses %j as memory', (text) => {
  expect(() => memoryMiB(text)).toThrow("Invalid 'memory' setting for task");
});

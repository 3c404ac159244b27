import { expect, it } from 'vitest';
import { ulimitsFor } from './ulimits.ts';

const limits = (nofile: string, nproc: string) =>
  `Limit                     Soft Limit           Hard Limit           Units\n` +
  `Max processes             ${nproc}                ${nproc}                processes\n` +
  `Max open files            1024                 ${nofile}                files\n`;
const status = (capabilities: string) => `Name:\tnode\nCapEff:\t${capabilities}\n`;
const all = status('000001ffffffffff');
const noResource = status('000001fffeffffff');

it('is what images expect where the process may raise limits', () => {
  expect(ulimitsFor(all, limits('4096', '100'), 32768)).toEqual([
    'nofile=1048576:1048576',
    'nproc=4194304:4194304',
  ]);
});

it('is at most the own hard limit, and what Podman lowers itself to, where it may not', () => {
  expect(ulimitsFor(noResource, limits('20000', '96343'), 32768)).toEqual([
    'nofile=20000:20000',
    'nproc=32768:32768',
  ]);
  expect(ulimitsFor(noResource, limits('20000', '100'), 32768)).toEqual([
    'nofile=20000:20000',
    'nproc=100:100',
  ]);
});

it('takes an unlimited hard limit as no bound', () => {
  expect(ulimitsFor(noResource, limits('unlimited', 'unlimited'), 32768)).toEqual([
    'nofile=1048576:1048576',
    'nproc=32768:32768',
  ]);
});

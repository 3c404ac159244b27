import { expect, it } from 'vitest';
import { registryAddress } from './address.ts';

it.each([
  ['ghcr.io', 'ghcr.io'],
  ['Registry.Example:5000', 'registry.example:5000'],
  ['127.0.0.1:5000', '127.0.0.1:5000'],
  ['[::1]:5000', '[::1]:5000'],
  ['localhost', 'localhost'],
  ['builds:443', 'builds:443'],
  ['docker.io', 'docker.io'],
  ['index.docker.io', 'docker.io'],
  ['https://index.docker.io/v1/', 'docker.io'],
])('reads %s', (text, address) => {
  expect(registryAddress(text)).toBe(address);
});

it.each([
  '',
  'builds',
  'https://ghcr.io',
  'ghcr.io/team',
  'user@ghcr.io',
  'user:password@ghcr.io',
  'ghcr.io:0',
  'ghcr.io:65536',
  'ghcr.io:',
  'ghcr.io?x=1',
  'ghcr.io#x',
  'ghcr.io\r\nhost: other',
  'ghcr.io ',
  '-ghcr.io',
  'ghcr..io',
  '..',
  '.io',
  'ghcr.io%2f',
  'ghcr.io\\other',
  `${'a.'.repeat(200)}io`,
])('refuses %j', (text) => {
  expect(registryAddress(text)).toBeUndefined();
});

import { describe, expect, it } from 'vitest';
import { familiarName, parseReference } from './reference.ts';

const digest = `sha256:${'a'.repeat(64)}`;

it.each([
  ['busybox', 'docker.io', 'library/busybox', 'latest'],
  ['busybox:1', 'docker.io', 'library/busybox', '1'],
  ['user/app', 'docker.io', 'user/app', 'latest'],
  ['docker.io/user/app:2', 'docker.io', 'user/app', '2'],
  ['localhost/app', 'localhost', 'app', 'latest'],
  ['127.0.0.1:5000/a/b/c:x', '127.0.0.1:5000', 'a/b/c', 'x'],
  ['[::1]:5000/a', '[::1]:5000', 'a', 'latest'],
])('reads %s', (text, registry, repository, tag) => {
  expect(parseReference(text)).toEqual({ registry, repository, tag });
});

it('reads a digest, with or without a tag', () => {
  expect(parseReference(`host:1/app@${digest}`)).toMatchObject({ repository: 'app', digest });
  expect(parseReference(`host:1/app:v1@${digest}`)).toMatchObject({ tag: 'v1', digest });
});

it('shortens names of Docker Hub as Docker does', () => {
  expect(familiarName(parseReference('busybox'))).toBe('busybox');
  expect(familiarName(parseReference('host:1/busybox'))).toBe('host:1/busybox');
});

describe('refuses', () => {
  it.each([
    ['', 'repository name'],
    ['Upper', 'repository name'],
    ['app:', 'a tag'],
    ['app@sha256:12', 'a digest'],
    [`app@${digest}@${digest}`, 'more than one @'],
    ['http://host/app', 'host and port'],
    [`a${'b'.repeat(3000)}`, '255'],
  ])('%.20s', (text, reason) => {
    expect(() => parseReference(text)).toThrow(reason);
  });
});

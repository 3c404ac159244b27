/** Archives of images on their way into an engine. */
import { once } from 'node:events';
import { pipeline, type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { AppError } from '../../../core/errors.ts';
import { DockerApiError } from '../client/connection.ts';
import { hostError } from './errors.ts';

const gzipMark = Buffer.of(0x1f, 0x8b);

/** For Podman, whose API takes plain archives only. What is no gzip goes through as it is. */
export async function gunzipped(archive: Readable): Promise<Readable> {
  const head = await beginning(archive, gzipMark.length);
  if (!head.equals(gzipMark)) return archive;
  return pipeline(archive, createGunzip(), () => undefined);
}

/** Its first bytes, which stay in it; fewer where it has fewer. */
async function beginning(archive: Readable, length: number): Promise<Buffer> {
  while (archive.readableLength < length && !archive.readableEnded) {
    await once(archive, 'readable');
    if (archive.read(0) === null && archive.readableLength < length) break;
  }
  const head = archive.read(Math.min(length, archive.readableLength)) as Buffer | null;
  if (head === null) return Buffer.alloc(0);
  archive.unshift(head);
  return head;
}

/** Engines answer with their own temporary files, and with statuses that say nothing. */
export function loadError(error: unknown): unknown {
  const isRefused = error instanceof DockerApiError && !/no space left/i.test(error.message);
  const isNoGzip = /^Z_/.test((error as NodeJS.ErrnoException).code ?? '');
  if (!isRefused && !isNoGzip) return hostError(error);
  return new AppError('InvalidParameter', 'This is not an archive of docker save, or not all of one.', {
    field: 'body',
  });
}

/**
 * The image of a holder: one static program that sleeps for ever, made here, so that nothing is pulled. As process 1 of
 * a process namespace that a task shares it also lets the kernel reap what it inherits.
 */
import { Readable } from 'node:stream';
import { EngineError } from '../../../core/errors.ts';
import type { DockerClient } from '../client/docker-client.ts';
import { tarOf } from '../tar.ts';

const repo = 'longshore-holder';
const tag = '1';
export const holderImage = `${repo}:${tag}`;
/** What it makes for itself, nobody else is to see. Podman puts `localhost/` before the name. */
export const isHolderImage = (tags: readonly string[] | null): boolean =>
  (tags ?? []).some((name) => name.replace(/^localhost\//, '') === holderImage);
export const holderCommand = ['/pause'];

const loadAddress = 0x400000;
const headerBytes = 64 + 56;

/** rt_sigaction(SIGCHLD, {SIG_IGN}, NULL, 8); for (;;) pause(); then the struct sigaction. */
const x86_64 = [
  ...[0xb8, 0x0d, 0x00, 0x00, 0x00], //             mov eax, 13 (rt_sigaction)
  ...[0xbf, 0x11, 0x00, 0x00, 0x00], //             mov edi, 17 (SIGCHLD)
  ...[0x48, 0x8d, 0x35, 0x17, 0x00, 0x00, 0x00], // lea rsi, [rip + 23]
  ...[0x31, 0xd2], //                               xor edx, edx
  ...[0x41, 0xba, 0x08, 0x00, 0x00, 0x00], //       mov r10d, 8
  ...[0x0f, 0x05], //                               syscall
  ...[0xb8, 0x22, 0x00, 0x00, 0x00], //             loop: mov eax, 34 (pause)
  ...[0x0f, 0x05], //                               syscall
  ...[0xeb, 0xf7], //                               jmp loop
  ...[0x00, 0x00, 0x00, 0x00], //                   (so that the structure lies 8 bytes aligned)
];

/** The same with ppoll(NULL, 0, NULL, NULL, 0), as arm64 has no pause. */
const arm64 = words(
  0xd28010c8, // mov x8, 134 (rt_sigaction)
  0xd2800220, // mov x0, 17 (SIGCHLD)
  0x10000161, // adr x1, action
  0xd2800002, // mov x2, 0
  0xd2800103, // mov x3, 8
  0xd4000001, // svc 0
  0xd2800928, // loop: mov x8, 73 (ppoll)
  0xd2800000, // mov x0, 0
  0xd2800001, // mov x1, 0
  0xd2800002, // mov x2, 0
  0xd2800003, // mov x3, 0
  0xd4000001, // svc 0
  0x17fffffa, // b loop
);

/** struct sigaction of the kernel: handler SIG_IGN (1), no flags, no restorer, no mask. */
const ignore = [1, ...new Array<number>(31).fill(0)];

const machines = { x86_64: { number: 62, code: x86_64 }, arm64: { number: 183, code: arm64 } };

/** A static ELF of one segment. */
export function holderProgram(architecture: keyof typeof machines): Buffer {
  const { number, code } = machines[architecture];
  const body = Buffer.from([...code, ...ignore]);
  const size = headerBytes + body.length;
  const header = Buffer.alloc(headerBytes);
  header.write('\x7fELF\x02\x01\x01', 'latin1');
  header.writeUInt16LE(2, 16); // executable
  header.writeUInt16LE(number, 18);
  header.writeUInt32LE(1, 20);
  header.writeBigUInt64LE(BigInt(loadAddress + headerBytes), 24); // entry point
  header.writeBigUInt64LE(64n, 32); // program header
  header.writeUInt16LE(64, 52);
  header.writeUInt16LE(56, 54);
  header.writeUInt16LE(1, 56);
  header.writeUInt32LE(1, 64); // load
  header.writeUInt32LE(5, 68); // read, execute
  header.writeBigUInt64LE(BigInt(loadAddress), 80);
  header.writeBigUInt64LE(BigInt(loadAddress), 88);
  header.writeBigUInt64LE(BigInt(size), 96);
  header.writeBigUInt64LE(BigInt(size), 104);
  header.writeBigUInt64LE(0x1000n, 112);
  return Buffer.concat([header, body]);
}

/** Makes the image where it is not there yet. */
export async function ensureHolderImage(
  client: DockerClient,
  architecture: keyof typeof machines,
): Promise<void> {
  if (await client.inspectImage(holderImage)) return;
  await client.importImage(Readable.from([tarOf({ pause: holderProgram(architecture) })]), repo, tag);
  if (await client.inspectImage(holderImage)) return;
  throw new EngineError(
    'ResourceInitializationError',
    `${client.address} did not keep the image ${holderImage}`,
  );
}

function words(...values: number[]): number[] {
  const bytes = Buffer.alloc(values.length * 4);
  values.forEach((value, index) => bytes.writeUInt32LE(value, index * 4));
  return [...bytes];
}

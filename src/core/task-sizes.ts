/** Task-level `cpu` and `memory`: units and MiB, or with words as in "1 vCPU" and "2 GB" (Amazon ECS API, RegisterTaskDefinition). */
import { AppError } from './errors.ts';

/** CPU units as text, e.g. "256" for ".25 vCPU". */
export function cpuUnits(text: string | undefined): string | undefined {
  return text === undefined ? undefined : String(sized(text, 'cpu', /^(\d*\.?\d+)\s*vcpus?$/i));
}

/** MiB as text, e.g. "2048" for "2 GB". */
export function memoryMiB(text: string | undefined): string | undefined {
  return text === undefined ? undefined : String(sized(text, 'memory', /^(\d*\.?\d+)\s*gb$/i));
}

function sized(text: string, field: 'cpu' | 'memory', worded: RegExp): number {
  const match = worded.exec(text.trim());
  const value = match ? Number(match[1]) * 1024 : /^\d{1,9}$/.test(text.trim()) ? Number(text) : Number.NaN;
  const least = field === 'cpu' ? 128 : 4;
  if (!Number.isInteger(value) || value < least) {
    throw new AppError(
      'Client',
      `Invalid '${field}' setting for task: ${quoted(text)}. It must be at least ${least}.`,
    );
  }
  return value;
}

function quoted(text: string): string {
  return `'${text.slice(0, 60)}'`;
}

/** From what an engine or its OCI runtime says to what ECS shows as the reason a task stopped. */
import { EngineError, type EngineErrorCode } from '../../core/errors.ts';

/**
 * `step`: what was being done to `container`. An `EngineError` keeps its code and learns the container. `program`: what
 * the container was to run, where it is known without the image.
 */
export function containerError(
  step: Extract<EngineErrorCode, 'CannotCreateContainerError' | 'CannotStartContainerError'>,
  container: string,
  error: unknown,
  program = "the image's program",
): EngineError {
  if (error instanceof EngineError) {
    return new EngineError(error.code, error.message, error.container ?? container);
  }
  // crun alone does not name it.
  const text = cleaned((error as Error).message).replace(/^open executable:/, `cannot execute ${program}:`);
  return new EngineError(step, text, container);
}

const wrappings = [
  /^Error response from daemon: /,
  /^failed to create (?:shim )?task(?: for container)?: /,
  /^(?:OCI runtime create failed|crun|runc): /,
  /^runc create failed: /,
  /^(?:container_linux|process_linux|rootfs_linux|standard_init_linux)\.go:\d+: /,
  /^starting container process caused: /,
  /^unable to start container process: /,
  /^process_linux\.go:\d+: container init caused: /,
  /^container init caused: /,
  /^error during container init: /,
];

export function cleaned(message: string): string {
  let text = message.trim().replace(/: unknown$/, '');
  for (let changed = true; changed;) {
    const before = text;
    for (const wrapping of wrappings) text = text.replace(wrapping, '');
    changed = text !== before;
  }
  // The runtime's log lines that some engines append.
  text = text.replace(
    /: OCI (?:runtime )?(?:attempted to invoke a command that was not found|permission denied)$/,
    '',
  );
  return hinted(text);
}

/** With what a user can do about it, where that is known. */
export const hinted = (text: string): string => `${text}${hint(text)}`;

function hint(text: string): string {
  const forbidden = /operation not permitted|EPERM/i.test(text);
  if (forbidden && /rlimit|oom_score_adj/i.test(text)) {
    return '; this machine gives the engine no CAP_SYS_RESOURCE, so a limit cannot be raised above its own: lower the ulimit or run without privileged';
  }
  if (/no space left on device/i.test(text)) return '; free disk space where the engine keeps its data';
  return '';
}

import { expect, it } from 'vitest';
import { EngineError } from '../../core/errors.ts';
import { cleaned, containerError } from './start-errors.ts';

it.each([
  [
    'OCI runtime create failed: container_linux.go:380: starting container process caused: exec: "/no": stat /no: no such file or directory: unknown',
    'exec: "/no": stat /no: no such file or directory',
  ],
  [
    'failed to create task for container: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: exec: "x": executable file not found in $PATH: unknown',
    'exec: "x": executable file not found in $PATH',
  ],
  [
    'unable to find user nobody: no matching entries in passwd file',
    'unable to find user nobody: no matching entries in passwd file',
  ],
])('takes the wrapping off', (message, expected) => {
  expect(cleaned(message)).toBe(expected);
});

it('names the program where the runtime does not', () => {
  const refused = new Error('crun: open executable: Permission denied: OCI permission denied');
  const error = (program?: string) =>
    containerError('CannotStartContainerError', 'app', refused, program).message;
  expect(error('/etc/passwd')).toBe('cannot execute /etc/passwd: Permission denied');
  expect(error()).toBe("cannot execute the image's program: Permission denied");
});

it('explains a limit that this machine cannot give', () => {
  expect(cleaned('error setting rlimit type 7: operation not permitted')).toMatch(
    /CAP_SYS_RESOURCE.*lower the ulimit/,
  );
});

it('keeps what an engine error already says', () => {
  const error = containerError(
    'CannotStartContainerError',
    'app',
    new EngineError('EngineUnavailable', 'gone'),
  );
  expect(error).toMatchObject({ code: 'EngineUnavailable', message: 'gone', container: 'app' });
});

/** What is no bytes of a task's process, as docs/reference/websocket.md has it. */
import { EngineError } from '../../core/errors.ts';
import { closeCodes } from '../sockets/close-codes.ts';
import type { ExecFault, ExecGoodbye, ExecWords } from '../sockets/exec-stream.ts';
import { knownError } from './protocol.ts';

export const execWords: ExecWords = {
  exit: (exitCode) => ({ exitCode }),
  fault: goodbye,
};

function goodbye(fault: ExecFault): ExecGoodbye {
  switch (fault.kind) {
    case 'late':
    case 'shutdown':
      return ended(fault.message, closeCodes.goingAway, fault.message);
    case 'refused': {
      const { code, message } = knownError(fault.error) ?? fault.error;
      return ended(message, closeCodes.authFailed, code);
    }
    case 'misspoken':
      return {
        told: { code: 'INVALID_REQUEST', message: fault.message },
        closeCode: closeCodes.policy,
        reason: 'INVALID_REQUEST',
      };
    case 'failed':
      return {
        told: failureOf(fault.error),
        closeCode: closeCodes.failed,
        reason: 'the process could not be run',
      };
  }
}

const ended = (message: string, closeCode: number, reason: string): ExecGoodbye => ({
  told: { code: 'SESSION_ENDED', message },
  closeCode,
  reason,
});

function failureOf(error: unknown): { code: string; message: string } {
  if (error instanceof EngineError) return { code: error.code, message: error.message };
  return { code: 'INTERNAL_ERROR', message: 'The server failed. Its log says why.' };
}

/** What is no bytes of a process, in the words of the containers face: its error bodies, and codes made of theirs. */
import { STATUS_CODES } from 'node:http';
import { closeCodes } from '../sockets/close-codes.ts';
import type { ExecFault, ExecGoodbye, ExecWords } from '../sockets/exec-stream.ts';
import { errorBody, type ErrorBody } from './errors.ts';

export interface Goodbye extends ExecGoodbye {
  told: ErrorBody;
}

export const wordsOf = (requestId: string): ExecWords => ({
  exit: (code) => ({ exit_code: code }),
  fault: (fault) => faultOf(fault, requestId),
});

export const goodbyeOf = (error: unknown, requestId: string): Goodbye => goodbye(errorBody(error, requestId));

function faultOf(fault: ExecFault, requestId: string): Goodbye {
  switch (fault.kind) {
    case 'late':
      return goodbye({ code: 408, message: fault.message, errors: [] });
    case 'shutdown':
      return {
        ...goodbye({ code: 503, message: fault.message, errors: [] }),
        closeCode: closeCodes.goingAway,
      };
    case 'misspoken':
      return goodbye({ code: 400, message: fault.message, errors: [] });
    case 'refused':
    case 'failed':
      return goodbyeOf(fault.error, requestId);
  }
}

/** Browsers show a page this code and reason, and nothing else of how a connection ended. */
const goodbye = (told: ErrorBody): Goodbye => ({
  told,
  closeCode: 4000 + told.code,
  reason: STATUS_CODES[told.code] ?? '',
});

/** What rustc says of code that does not compile (its JSON output), as a fault in its author's source. */
import type { BuildFault } from '../../core/ports/runtime.ts';

export const HANDLER_FORM = 'fn handler(params: Value, context: Value) -> Result<Value, String>';
const NOT_FOUND = 'E0425';
const MOST_MESSAGE = 4_096;
const MOST_TRACE = 16_384;

interface Span {
  file_name: string;
  line_start: number;
  column_start: number;
  is_primary: boolean;
  expansion: { span: Span } | null;
}

interface Diagnostic {
  level: string;
  message: string;
  code: { code: string } | null;
  spans: Span[];
  rendered: string | null;
}

/**
 * The first error that is in one of the author's files. What has no such error does not fit the crate around it: the
 * handler is missing or has another form. `entry`: the file that should have it.
 */
export function faultIn(output: string, files: readonly string[], entry: string, reason: string): BuildFault {
  const errors = output
    .split('\n')
    .flatMap(diagnosticOf)
    .filter(({ level }) => level.startsWith('error'));
  const stack_trace = errors
    .map(({ rendered, message }) => rendered ?? message)
    .join('\n')
    .slice(0, MOST_TRACE)
    .trimEnd();
  for (const error of errors) {
    const at = placeOf(error, files);
    if (at === undefined) continue;
    const { file_name: file, line_start: line, column_start: column } = at;
    return { message: messageOf(error), file, line, column, stack_trace };
  }
  const [first] = errors;
  if (first === undefined) return { message: `the code could not be compiled: ${reason}` };
  if (first.spans.length === 0) return { message: messageOf(first), stack_trace };
  const what = first.code?.code === NOT_FOUND ? 'has no handler' : 'has a handler of another form';
  return { message: `${entry} ${what}: write "${HANDLER_FORM}"`, file: entry, stack_trace };
}

/** Where in the author's files; of what a macro made, where it was called. */
function placeOf({ spans }: Diagnostic, files: readonly string[]): Span | undefined {
  for (const { is_primary, ...span } of spans) {
    if (!is_primary) continue;
    for (let at: Span | undefined = { is_primary, ...span }; at; at = at.expansion?.span)
      if (files.includes(at.file_name)) return at;
  }
  return undefined;
}

const messageOf = ({ code, message }: Diagnostic) =>
  `error${code === null ? '' : `[${code.code}]`}: ${message}`.slice(0, MOST_MESSAGE);

/** None where the line is something else: a compiler that crashes writes as it likes. */
function diagnosticOf(line: string): Diagnostic[] {
  if (!line.startsWith('{')) return [];
  try {
    const { level, message, code, spans, rendered } = JSON.parse(line) as Diagnostic;
    return typeof level === 'string' && Array.isArray(spans)
      ? [{ level, message, code, spans, rendered }]
      : [];
  } catch {
    return [];
  }
}

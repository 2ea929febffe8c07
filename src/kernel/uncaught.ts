/** The log entry of an uncaught error. */
export interface Uncaught {
  /** The name of its class, or of its type if it is not an error. */
  readonly type: string;
  /** Its code, if it looks like a code of Node or a library. */
  readonly code?: string;
  /** Where it was thrown: the stack frames only, innermost first. */
  readonly at: readonly string[];
}

const codePattern = /^[A-Z][A-Z0-9_]{1,63}$/i;
const frameLengthMax = 200;
const framesMax = 20;
const frame = /^ {4}at /;

/**
 * Describes an uncaught error without its message and other properties: its source is unknown, and a library may have
 * put a secret into
 * them.
 */
export function describeUncaught(thrown: unknown): Uncaught {
  if (!(thrown instanceof Error)) return { type: typeof thrown, at: [] };
  const { stack = '', name, message } = thrown;
  const code = 'code' in thrown && typeof thrown.code === 'string' && codePattern.test(thrown.code) ? thrown.code : '';
  return {
    type: codePattern.test(name) ? name : 'Error',
    ...(code === '' ? {} : { code }),
    at: framesOf(stack, `${name}\n${message}`),
  };
}

// The frames are the last lines of a stack. A message may contain lines that look like frames.
function framesOf(stack: string, said: string): readonly string[] {
  const lines = stack.split('\n');
  const first = lines.findLastIndex((line) => !frame.test(line)) + 1;
  return lines
    .slice(first)
    .filter((line) => !said.includes(line))
    .map((line) => line.replace(frame, '').slice(0, frameLengthMax))
    .slice(0, framesMax);
}

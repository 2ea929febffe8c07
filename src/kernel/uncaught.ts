/** What the log is told of something that was thrown and that nobody caught. */
export interface Uncaught {
  /** The name of its class, or of its type when it is no error. */
  readonly type: string;
  /** Its code, where it is one of a library's or of Node's. */
  readonly code?: string;
  /** Where it was thrown: the frames alone, innermost first. */
  readonly at: readonly string[];
}

const codePattern = /^[A-Z][A-Z0-9_]{1,63}$/i;
const frameLengthMax = 200;
const framesMax = 20;
const frame = /^ {4}at /;

/**
 * Describes what nobody caught by what this program's own source says of it. Its message and its other members are left
 * out: nobody knows where it comes from, so nobody knows what a library put into them, a secret perhaps.
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

// The frames are the last lines of a stack. A message may have lines that look like them, which are none.
function framesOf(stack: string, said: string): readonly string[] {
  const lines = stack.split('\n');
  const first = lines.findLastIndex((line) => !frame.test(line)) + 1;
  return lines
    .slice(first)
    .filter((line) => !said.includes(line))
    .map((line) => line.replace(frame, '').slice(0, frameLengthMax))
    .slice(0, framesMax);
}

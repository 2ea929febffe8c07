import { parseArgs } from 'node:util';

import { usageFailure } from './cli-failure.ts';
import { type CommandSpec, commonOptions, type Option } from './command.ts';

/** The arguments of a command, checked against its definition. */
export interface Input {
  /** The positional arguments, one per parameter; a missing one is `''`. */
  word(index: number): string;
  /** An option's value. */
  text(name: string): string | undefined;
  number(name: string): number | undefined;
  /** Whether a switch was given. */
  has(name: string): boolean;
}

/**
 * Parses the options and arguments of a command. No message repeats a value, which may be a secret.
 *
 * @throws {CliFailure} for an argument that the command does not accept, or lacks.
 */
export function parseInput(
  spec: CommandSpec,
  options: Readonly<Record<string, Option>>,
  args: readonly string[],
): Input {
  const known: Readonly<Record<string, Option>> = { ...commonOptions, ...options };
  const { values, positionals } = read(spec, known, args);
  const strings = Object.fromEntries(Object.entries(values).filter(([, value]) => typeof value === 'string'));
  for (const [name, { choices, isNumber }] of Object.entries(known)) {
    const value = strings[name];
    if (typeof value !== 'string') continue;
    if (choices !== undefined && !choices.includes(value)) {
      throw usage(spec, `--${name} must be one of ${choices.join(', ')}.`);
    }
    if (isNumber === true && !/^\d{1,12}$/u.test(value)) throw usage(spec, `--${name} must be an integer.`);
  }
  if (values['help'] !== true) checkWords(spec, positionals.length);
  const text = (name: string): string | undefined => {
    const value = strings[name];
    return typeof value === 'string' ? value : undefined;
  };
  return {
    word: (index) => positionals[index] ?? '',
    text,
    number: (name) => {
      const value = text(name);
      return value === undefined ? undefined : Number(value);
    },
    has: (name) => values[name] === true,
  };
}

function read(spec: CommandSpec, known: Readonly<Record<string, Option>>, args: readonly string[]) {
  const options = Object.fromEntries(
    Object.entries(known).map(([name, { value, short }]) => [
      name,
      { type: value === undefined ? ('boolean' as const) : ('string' as const), ...(short ? { short } : {}) },
    ]),
  );
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true, strict: true });
  } catch (thrown) {
    // Node's message names the option, never its value. The text after its first sentence is advice for programmers.
    const [sentence = ''] = thrown instanceof Error ? thrown.message.split(/\. |\n/u) : [];
    throw usage(spec, `${sentence.replace(/\.$/u, '')}.`);
  }
}

function checkWords({ parameters = [], ...spec }: CommandSpec, count: number): void {
  const missing = parameters[count];
  if (missing !== undefined && missing.isOptional !== true) throw usage(spec, `<${missing.name}> is missing.`);
  if (count > parameters.length) {
    throw usage(spec, `The command accepts ${parameters.length === 0 ? 'no' : `only ${parameters.length}`} arguments.`);
  }
}

function usage({ name }: Pick<CommandSpec, 'name'>, problem: string) {
  return usageFailure(`${problem} See: sallyport ${name} --help`);
}

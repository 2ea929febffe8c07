import type { CliWorld } from './cli-world.ts';
import type { Connection } from './connect.ts';
import type { Input } from './parse-command-line.ts';
import type { Profiles } from './profiles.ts';

/** A positional argument of a command. */
export interface Parameter {
  readonly name: string;
  readonly doc: string;
  readonly isOptional?: boolean;
}

/** The option `--name`. */
export interface Option {
  /** The name of its value in the help, such as `url` or `file`. An option without a value is a switch. */
  readonly value?: string;
  readonly doc: string;
  readonly short?: string;
  /** The allowed values. */
  readonly choices?: readonly string[];
  /** The value must be an integer. */
  readonly isNumber?: boolean;
  /** The value is a secret, which other programs on this computer can see on the command line. */
  readonly isSecret?: boolean;
}

export interface Example {
  readonly does: string;
  readonly line: string;
}

/** One command, as data. Help, completion and docs/cli.md are generated from it. */
export interface CommandSpec {
  /** Noun and verb, or one word. */
  readonly name: string;
  readonly summary: string;
  /** Details that the summary leaves out. */
  readonly about?: string;
  readonly parameters?: readonly Parameter[];
  readonly options?: Readonly<Record<string, Option>>;
  readonly examples: readonly Example[];
}

/** The result of a command, for programs and for people. */
export interface Outcome {
  /** What `--json` prints: the unchanged response of the API. Without it, `text` is printed, which is JSON already. */
  readonly json?: unknown;
  readonly text: string;
  /** The command found a problem: the result is printed in full, and the exit code is that of a failure. */
  readonly isFailure?: boolean;
}

/** What a command of the API's client works with. */
export interface CommandContext {
  readonly input: Input;
  readonly world: CliWorld;
  readonly profiles: Profiles;
  /** The API, with the credentials from the options, the environment or the profile. */
  connect(): Promise<Connection>;
  /** The same, for another organization. */
  connectTo(organization: string): Promise<Connection>;
  /**
   * Prints a message while the command runs. It goes to standard error, so that standard output has only the result.
   */
  say(text: string): void;
}

/** A command that calls a server's API. */
export interface ClientCommand extends CommandSpec {
  run(context: CommandContext): Promise<Outcome>;
}

/** Options of every command. */
export const commonOptions = {
  help: { short: 'h', doc: 'Show help for the command.' },
} as const satisfies Record<string, Option>;

/** Options of every command that calls the API. */
export const clientOptions: Readonly<Record<string, Option>> = {
  json: { doc: 'Print the API’s response as JSON.' },
  profile: { value: 'name', doc: 'Use this profile.' },
  url: { value: 'url', doc: 'The server’s URL. Needed if no profile has it.' },
  organization: { value: 'id-or-slug', doc: 'The organization to work on, instead of the login’s own.' },
};

import type { CliWorld } from './cli-world.ts';
import type { Connection } from './connect.ts';
import type { Input } from './parse-command-line.ts';
import type { Profiles } from './profiles.ts';

/** A word that stands after the command. */
export interface Parameter {
  readonly name: string;
  readonly doc: string;
  readonly isOptional?: boolean;
}

/** What `--name` means. */
export interface Option {
  /** What its value is, for the help: `url`, `file`. Without one the option is a switch. */
  readonly value?: string;
  readonly doc: string;
  readonly short?: string;
  /** The only values that it takes. */
  readonly choices?: readonly string[];
  /** A whole number is wanted. */
  readonly isNumber?: boolean;
  /** It takes a secret, which other programs of this computer can see while it stands in a command. */
  readonly isSecret?: boolean;
}

export interface Example {
  readonly does: string;
  readonly line: string;
}

/** One command, as data: help, completion and docs/cli.md are made of it. */
export interface CommandSpec {
  /** Noun and verb, or one word. */
  readonly name: string;
  readonly summary: string;
  /** What the summary leaves out. */
  readonly about?: string;
  readonly parameters?: readonly Parameter[];
  readonly options?: Readonly<Record<string, Option>>;
  readonly examples: readonly Example[];
}

/** What a command has to tell: for programs, and for people. */
export interface Outcome {
  /** What `--json` prints: the API's answer as it came. Without it `text` is what is told, since it is JSON already. */
  readonly json?: unknown;
  readonly text: string;
  /** What was asked about is not as it should be: it is told in full, and the program ends as after a failure. */
  readonly isFailure?: boolean;
}

/** What a command of the API's client works with. */
export interface CommandContext {
  readonly input: Input;
  readonly world: CliWorld;
  readonly profiles: Profiles;
  /** The API, with the credentials that the options, the environment or the profile give. */
  connect(): Promise<Connection>;
  /** The same, about another organization. */
  connectTo(organization: string): Promise<Connection>;
  /** Tells the person something while the command runs: on standard error, so that the result stays clean. */
  say(text: string): void;
}

/** A command that talks to a server's API. */
export interface ClientCommand extends CommandSpec {
  run(context: CommandContext): Promise<Outcome>;
}

/** Options that every command takes. */
export const commonOptions = {
  help: { short: 'h', doc: 'Show help for the command.' },
} as const satisfies Record<string, Option>;

/** Options that every command of the API's client takes. */
export const clientOptions: Readonly<Record<string, Option>> = {
  json: { doc: 'Print the API’s answer as JSON.' },
  profile: { value: 'name', doc: 'Use this profile.' },
  url: { value: 'url', doc: 'The server; needed where no profile knows it.' },
  organization: { value: 'id-or-slug', doc: 'The organization to work on, instead of the login’s own.' },
};

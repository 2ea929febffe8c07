/**
 * `sallyport <noun> <verb>`: an ordinary client of the API. The commands are a table, from which help, completion and
 * docs/cli.md are generated. The client knows the contract and nothing else of the server. Its caller provides the
 * commands that need the server's own code.
 */
import { version } from '../contract/version.ts';
import { CliFailure, exitCodes, usageFailure } from './cli-failure.ts';
import type { CliWorld } from './cli-world.ts';
import { clientOptions, type ClientCommand, type CommandContext, type CommandSpec, type Outcome } from './command.ts';
import { clientCommands, findCommand, ownCommands } from './command-table.ts';
import { renderCompletion, shells } from './completion-script.ts';
import { createConnection } from './connect.ts';
import { findCredentials } from './credentials.ts';
import { renderHelp, renderOverview } from './help-text.ts';
import { plain } from './output.ts';
import { type Input, parseInput } from './parse-command-line.ts';
import { openProfiles } from './profiles.ts';
import { serverCommands, type ServerCommandName } from './server-commands.ts';

/** The result of one of the server's own commands: its output, or why it failed. */
export type ServerOutcome =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly problem: string };

export type RunServerCommand = (name: ServerCommandName, input: Input) => Promise<ServerOutcome>;

/** Runs a command and resolves with the exit code of the process. It throws nothing. */
export async function runCli(world: CliWorld, runServerCommand: RunServerCommand): Promise<number> {
  const { output, errors } = world.streams;
  try {
    const { text, isFailure = false } = await run(world, runServerCommand);
    if (text !== '') output.write(`${text}\n`);
    return exitCodes[isFailure ? 'failed' : 'done'].number;
  } catch (thrown) {
    const failure = thrown instanceof CliFailure ? thrown : new CliFailure('failed', unexpected(thrown));
    errors.write(`sallyport: ${failure.message}\n`);
    return exitCodes[failure.reason].number;
  }
}

// An internal error: its class helps to report it. Its message may contain a secret.
function unexpected(thrown: unknown): string {
  const name = thrown instanceof Error ? thrown.name : typeof thrown;
  return `Unexpected error (${plain(name)}). Please report it.`;
}

type Printed = Pick<Outcome, 'text' | 'isFailure'>;

async function run(world: CliWorld, runServerCommand: RunServerCommand): Promise<Printed> {
  const { args } = world;
  const first = args.findIndex((arg) => arg.startsWith('-'));
  const words = first === -1 ? args : args.slice(0, first);
  if (words.length === 0) return { text: runWithoutCommand(args) };
  const found = findCommand(words);
  if (found === undefined) return { text: showNoun(words, args) };
  const { spec, length } = found;
  const rest = args.slice(length);
  const command = clientCommands.find(({ name }) => name === spec.name);
  const input = parseInput(spec, { ...spec.options, ...(command === undefined ? {} : clientOptions) }, rest);
  if (input.has('help')) return { text: renderHelp(spec) };
  if (command !== undefined) return runClientCommand(command, input, world);
  const server = serverCommandName(spec);
  if (server === undefined) return { text: runOwnCommand(spec, input) };
  const outcome = await runServerCommand(server, input);
  if (!outcome.ok) throw new CliFailure('failed', outcome.problem);
  return { text: outcome.text };
}

function runWithoutCommand(args: readonly string[]): string {
  if (args.length === 0 || args.includes('--help') || args.includes('-h')) return renderOverview();
  if (args.includes('--version')) return version;
  throw usageFailure('Missing command. See: sallyport help');
}

// `sallyport sso` shows its subcommands. An unknown word is not repeated in the message.
function showNoun(words: readonly string[], args: readonly string[]): string {
  const [noun = ''] = words;
  const isNoun = clientCommands.some(({ name }) => name.startsWith(`${noun} `));
  if (!isNoun) throw usageFailure('Unknown command. See: sallyport help');
  if (words.length > 1) throw usageFailure(`Unknown command. See: sallyport help ${noun}`);
  if (args.length > 1 && !args.includes('--help') && !args.includes('-h')) {
    throw usageFailure(`Missing subcommand. See: sallyport help ${noun}`);
  }
  return renderOverview(noun);
}

function serverCommandName({ name }: CommandSpec): ServerCommandName | undefined {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the keys of the table itself
  const names = Object.keys(serverCommands) as ServerCommandName[];
  return names.find((key) => serverCommands[key].name === name);
}

function runOwnCommand({ name }: CommandSpec, input: Input): string {
  switch (name) {
    case ownCommands.completion.name: {
      const shell = shells.find((one) => one === input.word(0));
      if (shell === undefined) throw usageFailure(`The shell must be one of ${shells.join(', ')}.`);
      return renderCompletion(shell).trimEnd();
    }
    case ownCommands.version.name:
      return version;
    default: {
      const wanted = [input.word(0), input.word(1)].filter((word) => word !== '');
      const found = wanted.length === 0 ? undefined : findCommand(wanted);
      if (found !== undefined) return renderHelp(found.spec);
      return wanted.length === 0 ? renderOverview() : showNoun(wanted, wanted);
    }
  }
}

async function runClientCommand(command: ClientCommand, input: Input, world: CliWorld): Promise<Printed> {
  const profiles = openProfiles(world.env, world.clock);
  const connectTo = async (organization: string | undefined) => {
    const choice = { profile: input.text('profile'), url: input.text('url') };
    return createConnection(world, await findCredentials(world, profiles, choice), organization);
  };
  const context: CommandContext = {
    input,
    world,
    profiles,
    connect: async () => connectTo(input.text('organization') ?? world.env['SALLYPORT_ORGANIZATION']),
    connectTo,
    say: (text) => void world.streams.errors.write(`${text}\n`),
  };
  const { json, text, isFailure = false } = await command.run(context);
  return { text: input.has('json') && json !== undefined ? JSON.stringify(json, undefined, 2) : text, isFailure };
}

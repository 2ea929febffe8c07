/** What the operator does on the server itself: these commands work on its database, without the API. */
import type { Input } from '../cli/parse-command-line.ts';
import type { ServerOutcome } from '../cli/run-cli.ts';
import type { ServerCommandName } from '../cli/server-commands.ts';
import { type Config, loadConfig } from '../config/load-config.ts';
import { StorageStartError } from '../storage/start-error.ts';
import { pruneTrails, verifyTrails } from './audit.ts';
import { backUp, restore } from './back-up.ts';
import { checkMigrations, createDatabase, migrateDatabase } from './migrate-database.ts';
import { OperatorFault } from './operator-fault.ts';

/** What was typed, and the environment that holds the server's settings. */
export interface ServerCommandWorld {
  readonly input: Input;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Runs a command; resolves with what it tells, or with why it could not. */
export async function runServerCommand(
  name: Exclude<ServerCommandName, 'serve'>,
  { input, env }: ServerCommandWorld,
): Promise<ServerOutcome> {
  try {
    return { ok: true, text: await run(name, input, requireConfig(env)) };
  } catch (thrown) {
    if (!(thrown instanceof OperatorFault) && !(thrown instanceof StorageStartError)) throw thrown;
    return { ok: false, problem: thrown.message };
  }
}

async function run(name: Exclude<ServerCommandName, 'serve'>, input: Input, config: Config): Promise<string> {
  switch (name) {
    case 'migrate':
      return input.has('check') ? checkMigrations(config) : migrateDatabase(config);
    case 'createDatabase':
      return createDatabase(config);
    case 'backup':
      return backUp(config, input.word(0));
    case 'restore':
      return restore(config, input.word(0), { keepAccess: input.has('keep-access') });
    case 'verifyAudit':
      return verifyTrails(config, input.text('organization'));
    case 'pruneAudit':
      return pruneTrails(config, { before: input.text('before'), organizationId: input.text('organization') });
    default:
      return name satisfies never;
  }
}

function requireConfig(env: ServerCommandWorld['env']): Config {
  const loaded = loadConfig(env);
  if (loaded.ok) return loaded.config;
  throw new OperatorFault(loaded.faults.map(({ name, problem }) => `${name} ${problem}`).join('; '));
}

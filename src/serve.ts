/** The process: settings, database, app, port, signals. Only this file and the entry `main.ts` use `process`. */
import { pino } from 'pino';

import { buildApp } from './app.ts';
import { loadCaBundle } from './config/ca-bundle.ts';
import { type Config, type ConfigFault, loadConfig } from './config/load-config.ts';
import { beginFirstStart } from './config/first-start.ts';
import { loadOtherRootKeys, loadRootKey, withdrawRootKey } from './config/root-key.ts';
import { shownItem } from './config/kinds.ts';
import { settings } from './config/schema.ts';
import { systemClock } from './kernel/clock.ts';
import { type Ending, prepareEnding } from './kernel/ending.ts';
import { openLogOutput } from './kernel/log-output.ts';
import type { Logger } from './kernel/logger.ts';
import { systemRandom } from './kernel/random.ts';
import { describeUncaught } from './kernel/uncaught.ts';
import { type OutboundEntry, parseOutboundAllow } from './outbound/outbound-allow.ts';
import type { OutboundProxy } from './outbound/outbound-proxy.ts';
import { listDataKeys } from './storage/keys/data-key-queries.ts';
import type { Database } from './storage/database.ts';
import { openDatabase } from './storage/open-database.ts';
import { StorageStartError } from './storage/start-error.ts';

/** A fault that the operator can fix. The message is for the operator, and a stack trace would not help. */
class StartFault extends Error {
  override readonly name = 'StartFault';
}

/** Starts the server, or reports why it cannot and exits with 1. */
export async function serve(): Promise<void> {
  try {
    await start();
  } catch (thrown) {
    const isForOperator = thrown instanceof StartFault || thrown instanceof StorageStartError;
    const fault = thrown instanceof Error ? (thrown.stack ?? thrown.message) : String(thrown);
    process.stderr.write(`${isForOperator ? thrown.message : fault}\n`);
    process.exit(1);
  }
}

async function start(): Promise<void> {
  const config = requireConfig();
  const logger = openLog(config);
  // Without a listener, this signal opens Node's debugger to every user on loopback.
  process.on('SIGUSR1', () => logger.warn({ signal: 'SIGUSR1' }, 'ignored a signal: the debugger is not available'));
  const ending = prepareEnding(config, logger);
  stopOnUncaught(logger, ending);
  const outboundAllow = requireEntries(settings.outboundAllow.name, config.outboundAllow);
  const outboundProxy = readProxy(config);
  const caBundle = loadCaBundle(config.outboundCaFile, systemClock.nowMs());
  if (!caBundle.ok) throw new StartFault(describe([caBundle.fault]));
  for (const subject of caBundle.expired) {
    logger.warn({ subject, setting: settings.outboundCaFile.name }, 'a trusted certificate has expired; replace it');
  }
  const firstStart = beginFirstStart(config);
  const rootKey = loadRootKey(config.rootKey, systemRandom);
  if (!rootKey.ok) throw new StartFault(describe([rootKey.fault]));
  const otherRootKeys = loadOtherRootKeys(config);
  if (!otherRootKeys.ok) throw new StartFault(describe([otherRootKeys.fault]));
  const database = await openDatabase({
    url: config.databaseUrl.expose(),
    logger,
    poolSize: config.poolSize,
    creation: firstStart.creation,
  });
  if (rootKey.source !== 'environment') {
    const { file, created } = rootKey.source;
    if (created) await requireNewDatabase(database, file);
    logger.info({ file }, created ? 'created a root key; keep a copy of this file' : 'root key read from its file');
  }
  const world = {
    database,
    rootKey: rootKey.key,
    otherRootKeys: otherRootKeys.keys,
    outboundAllow,
    outboundProxy,
    outboundCertificates: caBundle.certificates,
  };
  const app = await buildApp(config, { ...world, clock: systemClock, random: systemRandom, logger });
  firstStart.finish();
  await listen(app.server, config);
  ending.attach({
    ...app,
    stop: async () => {
      await app.stop();
      await database.close();
    },
  });
  stopOnSignal(logger, ending);
  // Last, because a supervisor that reads this line may stop the process at once.
  process.stdout.write(`listening on ${config.siteUrl}\n`);
}

function openLog({ logLevel }: Config): Logger {
  const output = openLogOutput();
  const log = pino({ level: logLevel, base: null }, output);
  // Lines that may need the operator are written at once, together with all lines before them.
  const urgent = (level: 'warn' | 'error', fields: object, message: string): void => {
    log[level](fields, message);
    output.flush();
  };
  return {
    debug: (fields, message) => log.debug(fields, message),
    info: (fields, message) => {
      log.info(fields, message);
      const dropped = output.takeDropped();
      if (dropped > 0) urgent('warn', { dropped }, 'log lines were dropped because the output is not read');
    },
    warn: (fields, message) => urgent('warn', fields, message),
    error: (fields, message) => urgent('error', fields, message),
  };
}

// A new key in place of a missing file would open nothing, and the operator could take it for the right one.
async function requireNewDatabase(database: Database, file: string): Promise<void> {
  if ((await listDataKeys(database.db)).length === 0) return;
  withdrawRootKey(file);
  await database.close();
  throw new StartFault(
    `${settings.rootKeyFile.name} ${file} is missing, but this database was created with a root key. Restore the file from its copy.`,
  );
}

function requireConfig(): Config {
  const loaded = loadConfig(process.env);
  if (!loaded.ok) throw new StartFault(describe(loaded.faults));
  return loaded.config;
}

function requireEntries(name: string, items: readonly string[]): readonly OutboundEntry[] {
  const parsed = parseOutboundAllow(items.join(','));
  if (parsed.ok) return parsed.entries;
  const faults = parsed.faults.map(({ item, reason }) => {
    const problem = reason === 'port' ? 'has a port that is not from 1 to 65535' : 'is not a host, host:port or CIDR';
    return { name, problem: `${shownItem(item)} ${problem}` };
  });
  throw new StartFault(describe(faults));
}

function readProxy(config: Config): OutboundProxy | undefined {
  const { outboundProxy: url, outboundProxyAsksFor: asksFor } = config;
  const except = requireEntries(settings.outboundProxyExcept.name, config.outboundProxyExcept);
  return url === undefined ? undefined : { url, except, asksFor };
}

function describe(faults: readonly ConfigFault[]): string {
  return faults.map(({ name, problem }) => `${name} ${problem}`).join('\n');
}

async function listen(
  server: { listen(options: { port: number; host: string }): Promise<string> },
  { port, host }: Config,
): Promise<void> {
  try {
    await server.listen({ port, host });
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
    const reasons: Readonly<Record<string, string>> = {
      EADDRINUSE: `Port ${port} on ${host} is taken by another program. Stop it, or set PORT to a free port.`,
      EACCES: `Port ${port} on ${host} may not be used by this user. Set PORT to one above 1023.`,
      EADDRNOTAVAIL: `This machine does not have the address ${host}. Set HOST to an address of this machine.`,
    };
    throw new StartFault(reasons[code] ?? `Cannot listen on ${host}:${port} (${code}).`, { cause });
  }
}

/**
 * SIGTERM and SIGHUP come from a supervisor, often with a load balancer in front of this node. SIGINT comes from a
 * terminal, where
 * no load balancer has to notice the stop.
 */
function stopOnSignal(logger: Logger, ending: Ending): void {
  const onSignal = (signal: NodeJS.Signals): void => {
    logger.info({ signal }, 'stopping: finishing the requests in progress');
    ending.begin(0, { drains: signal !== 'SIGINT' });
  };
  process.on('SIGTERM', onSignal);
  process.on('SIGHUP', onSignal);
  process.on('SIGINT', onSignal);
}

/**
 * The last resort. An uncaught error ends the process cleanly and with 1, because its effects are unknown. Acknowledged
 * changes are
 * durable, and the supervisor restarts the process. An unhandled rejection ends here too (its `origin`).
 */
function stopOnUncaught(logger: Logger, ending: Ending): void {
  process.on('uncaughtException', (thrown: unknown, origin) => {
    const fault = describeUncaught(thrown);
    logger.error({ ...fault, origin }, 'stopping: an unexpected error');
    process.stderr.write(`sallyport: an unexpected error (${fault.type}); see the log.\n`);
    ending.begin(1, { drains: false });
  });
}

import { randomBytes } from 'node:crypto';

import { buildApp } from '../../src/app.ts';
import { loadCaBundle } from '../../src/config/ca-bundle.ts';
import { type Config, loadConfig } from '../../src/config/load-config.ts';
import { type Clock, systemClock } from '../../src/kernel/clock.ts';
import { type Logger, silentLogger } from '../../src/kernel/logger.ts';
import { systemRandom } from '../../src/kernel/random.ts';
import type { SealingKey } from '../../src/kernel/sealed-box.ts';
import { parseOutboundAllow } from '../../src/outbound/outbound-allow.ts';
import type { Database, Engine } from '../../src/storage/database.ts';
import { openDatabase } from '../../src/storage/open-database.ts';
import type { CryptoThread } from '../../src/costly-work/crypto-thread.ts';
import type { PasswordCost } from '../../src/users/password.ts';
import { createTestDatabase, type TestDatabase } from './databases.ts';
import { freePort } from './free-port.ts';
import { sharedFixture } from './shared-fixture.ts';

export interface ServerOptions {
  readonly engine: Engine;
  readonly clock?: Clock;
  /** Settings by their environment names, in addition to those of all tests. */
  readonly settings?: Readonly<Record<string, string>>;
  /** Another node of this server: on its PostgreSQL, and for the same site. */
  readonly beside?: TestServer;
  readonly rootKey?: SealingKey;
  readonly otherRootKeys?: readonly SealingKey[];
  /** The cost of a password hash; Argon2id's minimum by default. */
  readonly passwordCost?: PasswordCost;
  /** Creates the threads for expensive work, which a test may watch. */
  readonly createThread?: () => CryptoThread;
  /** The server's logger; none by default. */
  readonly logger?: Logger;
  /** Wraps the server's own database, which is at a URL. */
  readonly standBefore?: (database: Database, url: string) => Database | Promise<Database>;
}

/** A whole server over real sockets, on a database of its own. */
export interface TestServer {
  readonly url: string;
  readonly database: Database;
  readonly databaseUrl: string;
  readonly rootKey: SealingKey;
  /** Every route, such as `POST /login/start`. */
  readonly routes: readonly string[];
  /** Sends a request to a path; a `token` becomes the bearer token, a `json` the body. */
  call(path: string, options?: CallOptions): Promise<Answer>;
  close(): Promise<void>;
}

export interface CallOptions {
  readonly method?: string;
  readonly token?: string;
  readonly json?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body as JSON; `undefined` if it is not JSON. */
  // oxlint-disable-next-line typescript/no-explicit-any -- what a test expects of a body is what the test asserts
  readonly body: any;
}

const leastPasswordCost: PasswordCost = { memory: 8, passes: 1, parallelism: 1 };

/** A server after its set-up, which the tests of one `describe` share. */
export function useServer(options: ServerOptions): { readonly server: TestServer; readonly boot: Bootstrapped } {
  const server = sharedFixture(async () => startTestServer(options));
  const boot = sharedFixture(async () => ({ ...(await bootstrap(server)), close: async () => undefined }));
  return { server, boot };
}

/** Starts a server without limits that may call loopback addresses. */
export async function startTestServer({
  engine,
  clock = systemClock,
  settings = {},
  beside,
  rootKey = beside?.rootKey ?? { id: 'testroot', bytes: randomBytes(32) },
  otherRootKeys = [],
  logger = silentLogger,
  standBefore = (database) => database,
  ...costlyWork
}: ServerOptions): Promise<TestServer> {
  const {
    database,
    url: databaseUrl,
    destroy,
  } = await (beside === undefined ? createTestDatabase(engine) : openBeside(beside));
  const port = await freePort();
  const url = `http://localhost:${port}`;
  const config = loadTestConfig({ SITE_URL: beside?.url ?? url, ...settings });
  const allow = parseOutboundAllow(config.outboundAllow.join(','));
  const caBundle = loadCaBundle(config.outboundCaFile, clock.nowMs());
  if (!caBundle.ok) throw new Error(caBundle.fault.problem);
  const app = await buildApp(config, {
    database: await standBefore(database, databaseUrl),
    rootKey,
    otherRootKeys,
    outboundAllow: allow.ok ? allow.entries : [],
    outboundCertificates: caBundle.certificates,
    outboundProxy: proxyOf(config),
    clock,
    random: systemRandom,
    passwordCost: leastPasswordCost,
    ...costlyWork,
    logger,
  });
  await app.server.listen({ port, host: '127.0.0.1' });
  return {
    url,
    database,
    databaseUrl,
    rootKey,
    routes: routesIn(app.server.printRoutes({ commonPrefix: false })),
    call: async (path, options) => call(`${url}${path}`, options),
    close: async () => {
      await app.stop();
      await destroy();
    },
  };
}

function loadTestConfig(settings: Readonly<Record<string, string>>): Config {
  const loaded = loadConfig({
    SALLYPORT_OUTBOUND_ALLOW: '127.0.0.0/8,localhost',
    SALLYPORT_RATE_LIMIT_CALLER: '0',
    SALLYPORT_RATE_LIMIT_READ: '0',
    SALLYPORT_RATE_LIMIT_WRITE: '0',
    SALLYPORT_RATE_LIMIT_AUTH: '0',
    SALLYPORT_RATE_LIMIT_SIGN_IN: '0',
    ...settings,
  });
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.faults));
  return loaded.config;
}

// The tree has four characters per level, and each node has the rest of its path after the node above.
function routesIn(tree: string): string[] {
  const above: string[] = [];
  return tree.split('\n').flatMap((line) => {
    const [, indent = '', part = '', methods = ''] = /^((?:[│ ] {3})*)[├└]── (\S+) \(([A-Z, ]+)\)$/u.exec(line) ?? [];
    const level = indent.length / 4;
    above.splice(level, Infinity, part);
    return methods === '' ? [] : methods.split(', ').map((method) => `${method} ${above.join('')}`);
  });
}

function proxyOf({ outboundProxy: url, outboundProxyExcept, outboundProxyAsksFor: asksFor }: Config) {
  const except = parseOutboundAllow(outboundProxyExcept.join(','));
  return url === undefined ? undefined : { url, except: except.ok ? except.entries : [], asksFor };
}

async function openBeside({ databaseUrl: url }: TestServer): Promise<TestDatabase> {
  const database = await openDatabase({ url, logger: silentLogger });
  return { url, database, destroy: () => database.close() };
}

/** Sends a request as {@link TestServer.call} does, to any URL. */
export async function call(url: string, { method, token, json, headers = {} }: CallOptions = {}): Promise<Answer> {
  const response = await fetch(url, {
    method: method ?? (json === undefined ? 'GET' : 'POST'),
    redirect: 'manual',
    headers: {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(json === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(json === undefined ? {} : { body: typeof json === 'string' ? json : JSON.stringify(json) }),
  });
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, body: parse(text) };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The first organization of a new server, and its instance admin. */
export interface Bootstrapped {
  readonly organizationId: string;
  readonly slug: string;
  readonly token: string;
  readonly admin: { readonly email: string; readonly password: string };
}

/** Sets a new server up through its API. */
export async function bootstrap(server: TestServer, organization = 'Acme'): Promise<Bootstrapped> {
  const admin = { email: 'admin@acme.example', password: 'correct horse battery' };
  const { body } = await server.call('/api/v1/admin/bootstrap', { json: { ...admin, organization } });
  const { id, slug } = body.organization;
  return { organizationId: id, slug, token: body.identity.credentials.token, admin };
}

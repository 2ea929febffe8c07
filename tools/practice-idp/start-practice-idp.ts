import { once } from 'node:events';
import { createServer, type Server } from 'node:http';

import type { JWK } from 'jose';
import type { Provider } from 'oidc-provider/lib/provider.js';

import { silentLogger, type Logger } from '../../src/kernel/logger.ts';
import { systemRandom } from '../../src/kernel/random.ts';
import { answerSignIn, sendPage, type Exchange } from './answer-sign-in.ts';
import { buildProvider, newCookieKeys, signInPath } from './build-provider.ts';
import { pageStyle, pageStylePath } from './page-style.ts';
import { homePage, problemPage } from './pages.ts';
import type { PracticeClient } from './practice-client.ts';
import { createPracticeDirectory, type PracticeDirectory } from './practice-directory.ts';
import { createPracticeMemory } from './practice-memory.ts';
import type { PracticePerson } from './practice-people.ts';
import { generateSigningKeys } from './signing-keys.ts';

/** The address on which it listens. It requires no password, so other computers must not reach it. */
export type LoopbackHost = '127.0.0.1' | 'localhost';

export interface PracticeIdpOptions {
  /** 0 means any free port. */
  readonly port: number;
  /** By default `127.0.0.1`. */
  readonly host?: LoopbackHost;
  readonly people: readonly PracticePerson[];
  readonly clients: readonly PracticeClient[];
  readonly logger?: Logger;
}

/** A running practice provider. */
export interface PracticeIdp {
  readonly issuer: string;
  readonly discoveryUrl: string;
  people(): readonly PracticePerson[];
  /** Replaces all users; an omitted user can no longer sign in. */
  replacePeople(people: readonly PracticePerson[]): void;
  registerClient(client: PracticeClient): void;
  /** Replaces all signing keys at once; the old ones are no longer published. Issued codes stay valid. */
  rotateKeys(): Promise<void>;
  close(): Promise<void>;
}

/**
 * Starts the OpenID provider of the demo and the tests. The production server never starts it.
 *
 * The library reads the machine's clock itself, so the clock cannot be replaced.
 *
 * @throws the error of `node:net`, with its `code`, if the port is in use
 */
export async function startPracticeIdp(options: PracticeIdpOptions): Promise<PracticeIdp> {
  const logger = options.logger ?? silentLogger;
  const directory = createPracticeDirectory(options.people, options.clients);
  const firstKeys = await generateSigningKeys();
  const server = createServer();
  const issuer = await listen(server, options.port, options.host ?? '127.0.0.1');
  const discoveryUrl = `${issuer}/.well-known/openid-configuration`;
  const lasting = { issuer, directory, memory: createPracticeMemory(), cookieKeys: newCookieKeys(systemRandom) };
  const providerWith = (keys: readonly JWK[]) => listenForFaults(buildProvider({ ...lasting, keys }), logger);
  let provider = providerWith(firstKeys);

  server.on('request', (request, response) => {
    answer(provider, { directory, discoveryUrl }, { request, response }).catch((error: unknown) => {
      logger.error({ err: error }, 'the practice provider failed');
      if (!response.headersSent) sendPage(response, problemPage('Something went wrong here.'), { status: 500 });
    });
  });

  return {
    issuer,
    discoveryUrl,
    people: directory.people,
    replacePeople: directory.replacePeople,
    registerClient: directory.registerClient,
    rotateKeys: async () => {
      provider = providerWith(await generateSigningKeys());
    },
    close: () => close(server),
  };
}

async function answer(
  provider: Provider,
  about: { directory: PracticeDirectory; discoveryUrl: string },
  exchange: Exchange,
): Promise<void> {
  const path = exchange.request.url ?? '';
  if (path.startsWith(signInPath)) {
    await answerSignIn(provider, about.directory.people(), exchange);
  } else if (path === pageStylePath) {
    exchange.response.writeHead(200, { 'content-type': 'text/css; charset=utf-8' }).end(pageStyle);
  } else if (path === '/') {
    sendPage(exchange.response, homePage(about.directory.people(), about.discoveryUrl), { status: 200 });
  } else {
    provider.callback()(exchange.request, exchange.response);
  }
}

async function listen(server: Server, port: number, host: LoopbackHost): Promise<string> {
  server.listen(port, host);
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new TypeError('an HTTP server has a port');
  return `http://${host}:${address.port}`;
}

// Without listeners the library's framework prints to the console.
function listenForFaults(provider: Provider, logger: Logger): Provider {
  provider.on('error', (error: unknown) => logger.error({ err: error }, 'the practice provider failed'));
  provider.on('server_error', (_context: unknown, error: unknown) => {
    logger.error({ err: error }, 'the practice provider failed');
  });
  return provider;
}

async function close(server: Server): Promise<void> {
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
}

import { createServer as createHttpsServer } from 'node:https';
import { createServer, type Server } from 'node:net';

import type { HostLookup } from '../../src/outbound/host-lookup.ts';
import { privateServer } from './private-ca.ts';

/** A host that an attacker with access to the connection's settings would like to know more about. */
export interface UnreachablePlace {
  readonly lookup: HostLookup;
  readonly port: () => Promise<number>;
  /** The operator's log entry. */
  readonly logged: string;
}

/** The name in the URL of all of them. A certificate of the tests' own CA is valid for it. */
export const unreachableHost = 'idp.private.example';

const servers: Server[] = [];

/** Closes the opened servers. */
export function closeUnreachablePlaces(): void {
  for (const server of servers) server.close();
}

async function listen(server: Server): Promise<number> {
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

async function closedPort(): Promise<number> {
  const server = createServer();
  const port = await listen(server);
  await new Promise((resolve) => server.close(resolve));
  return port;
}

const resolvesTo =
  (address: string): HostLookup =>
  () =>
    Promise.resolve([{ address, family: 4 }]);
const toLoopback = resolvesTo('127.0.0.1');
const quiet = () => createServer((socket) => void socket.on('error', () => undefined));

/** Everything that a name may lead to, in the operator's network or not. */
export const unreachablePlaces: Readonly<Record<string, UnreachablePlace>> = {
  'a private address': { lookup: resolvesTo('10.0.0.1'), port: closedPort, logged: 'address_refused' },
  'a metadata address': { lookup: resolvesTo('169.254.169.254'), port: closedPort, logged: 'address_refused' },
  'no such name': {
    lookup: () => Promise.reject(Object.assign(new Error('ENOTFOUND'), { code: 'ENOTFOUND' })),
    port: closedPort,
    logged: 'ENOTFOUND',
  },
  'a name server that is silent': {
    lookup: () => new Promise(() => undefined),
    port: closedPort,
    logged: 'UND_ERR_CONNECT_TIMEOUT',
  },
  'a closed port': { lookup: toLoopback, port: closedPort, logged: 'ECONNREFUSED' },
  'a port that accepts and says nothing': {
    lookup: toLoopback,
    port: () => listen(quiet()),
    logged: 'UND_ERR_CONNECT_TIMEOUT',
  },
  'a port that speaks something else': {
    lookup: toLoopback,
    port: () =>
      listen(createServer((socket) => socket.on('error', () => undefined).write('220 mail.internal ESMTP\r\n'))),
    logged: 'ERR_SSL',
  },
  'a port that hangs up': {
    lookup: toLoopback,
    port: () => listen(createServer((socket) => socket.destroy())),
    logged: 'ECONNRESET',
  },
  'a server that never answers': {
    lookup: toLoopback,
    port: () => listen(createHttpsServer(privateServer, () => undefined)),
    logged: 'deadline',
  },
};

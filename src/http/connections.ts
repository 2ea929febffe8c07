import type { Server } from 'node:http';
import { Server as NetServer } from 'node:net';
import { setImmediate as turn, setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';

import type { FastifyInstance } from 'fastify';

/** While the server stops, responses close their connections, so that no client reuses one that is about to end. */
export function closeConnectionsWhen(app: FastifyInstance, isStopping: () => boolean): void {
  // oxlint-disable-next-line max-params -- Fastify calls its hooks so; an async hook would cost every answer a promise
  app.addHook('onSend', (_request, reply, _payload, done) => {
    if (isStopping()) reply.header('connection', 'close');
    done();
  });
}

/** How long the last accepted connections may take to send their request after the port is closed. */
const lastRequestMsMax = 500;
/** How long to wait for a moment in which no connection is being opened. */
const quietMomentMsMax = 500;

/**
 * Stops serving after the drain: closes the port, answers the requests that were accepted before, and then closes idle
 * connections. `Server.close()` of `node:http` closes idle connections first, and so resets requests on their way.
 */
export async function closeDrained(app: FastifyInstance): Promise<void> {
  await quietMoment(app.server);
  const ended = new Promise((resolve) => NetServer.prototype.close.call(app.server, resolve));
  await Promise.race([ended, pause(lastRequestMsMax)]);
  await app.close();
  await ended;
}

// Closing the port resets connections that the kernel has accepted and this process has not. A round of the event loop
// without a new connection has just checked for them.
async function quietMoment(server: Server): Promise<void> {
  let arrived = 0;
  const count = (): void => void (arrived += 1);
  server.on('connection', count).on('request', count);
  const endsAtMs = performance.now() + quietMomentMsMax;
  for (let before = -1; before !== arrived && performance.now() < endsAtMs;) {
    before = arrived;
    await turn();
  }
  server.off('connection', count).off('request', count);
}

/** Closes the idle connections, then the others; resolves with the number of the others. */
export async function cutOffConnections(server: Server): Promise<number> {
  server.closeIdleConnections();
  const count = promisify(server.getConnections.bind(server));
  const inFlight = await count();
  server.closeAllConnections();
  return inFlight;
}

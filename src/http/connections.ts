import type { Server } from 'node:http';
import { Server as NetServer } from 'node:net';
import { setImmediate as turn, setTimeout as pause } from 'node:timers/promises';
import { promisify } from 'node:util';

import type { FastifyInstance } from 'fastify';

/** While the server stops, answers close their connections, so that no client reuses one that is about to end. */
export function closeConnectionsWhen(app: FastifyInstance, isStopping: () => boolean): void {
  // oxlint-disable-next-line max-params -- Fastify calls its hooks so; an async hook would cost every answer a promise
  app.addHook('onSend', (_request, reply, _payload, done) => {
    if (isStopping()) reply.header('connection', 'close');
    done();
  });
}

/** How long connections that were accepted last may take to send their request, once the port is closed. */
const lastRequestMsMax = 500;
/** How long to look for a moment in which no connection is being opened. */
const quietMomentMsMax = 500;

/**
 * Ends the serving of a node that has drained: closes the port, answers what was accepted before that, and closes idle
 * connections only then. `Server.close()` of `node:http` closes those first, and so resets the requests on their way.
 */
export async function closeDrained(app: FastifyInstance): Promise<void> {
  await quietMoment(app.server);
  const ended = new Promise((resolve) => NetServer.prototype.close.call(app.server, resolve));
  await Promise.race([ended, pause(lastRequestMsMax)]);
  await app.close();
  await ended;
}

// What the kernel has accepted and this process has not is reset when the port is closed. A round of the event loop in
// which nothing came in has just looked for such connections.
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

/** Closes the idle connections, then cuts off the others; resolves with how many others there were. */
export async function cutOffConnections(server: Server): Promise<number> {
  server.closeIdleConnections();
  const count = promisify(server.getConnections.bind(server));
  const inFlight = await count();
  server.closeAllConnections();
  return inFlight;
}

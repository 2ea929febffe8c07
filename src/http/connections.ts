import type { Server } from 'node:http';
import { Server as NetServer } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
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

/**
 * Ends the serving of a node that has drained: closes the port, answers what was accepted before that, and closes idle
 * connections only then. `Server.close()` of `node:http` closes those first, and so resets the requests on their way.
 */
export async function closeDrained(app: FastifyInstance): Promise<void> {
  const ended = new Promise((resolve) => NetServer.prototype.close.call(app.server, resolve));
  await Promise.race([ended, pause(lastRequestMsMax)]);
  await app.close();
  await ended;
}

/** Closes the idle connections, then cuts off the others; resolves with how many others there were. */
export async function cutOffConnections(server: Server): Promise<number> {
  server.closeIdleConnections();
  const count = promisify(server.getConnections.bind(server));
  const inFlight = await count();
  server.closeAllConnections();
  return inFlight;
}

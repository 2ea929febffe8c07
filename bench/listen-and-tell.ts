import type { Server } from 'node:http';

/**
 * Listens on a loopback port, by default a free one, and prints the line that the bench waits for. Resolves with the
 * server's origin.
 * SIGTERM ends the process at once, because the bench's own servers have no work to finish.
 */
export function listenAndTell(server: Server, port: string | undefined): Promise<string> {
  // Long enough that a kept-alive connection of a subject or the driver is never closed during a request.
  server.keepAliveTimeout = 60_000;
  process.once('SIGTERM', () => process.exit(0));
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(Number(port ?? 0), '127.0.0.1', () => {
      const address = server.address();
      if (address === null || typeof address === 'string') return reject(new Error('not listening on a TCP port'));
      const origin = `http://127.0.0.1:${address.port}`;
      process.stdout.write(`listening on ${origin}\n`);
      resolve(origin);
    });
  });
}

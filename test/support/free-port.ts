import { once } from 'node:events';
import { createServer } from 'node:net';

/** Returns a port of the loopback interface that nothing listens on now. Another program may take it at any time. */
export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const address = probe.address();
  probe.close();
  await once(probe, 'close');
  if (address === null || typeof address === 'string') throw new TypeError('a server that listens has a port');
  return address.port;
}

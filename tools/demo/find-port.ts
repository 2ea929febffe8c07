import { once } from 'node:events';
import { createServer } from 'node:net';

/**
 * Whether the port can be used, and which port it is: for 0 the system chooses a free one.
 *
 * @returns the port, or the system's error code, such as `EADDRINUSE`
 */
export async function findPort(host: string, port: number): Promise<{ port: number } | { refusal: string }> {
  const server = createServer();
  try {
    server.listen(port, host);
    await once(server, 'listening');
    const address = server.address();
    return { port: typeof address === 'object' && address !== null ? address.port : port };
  } catch (error) {
    return { refusal: systemCode(error) ?? 'unknown' };
  } finally {
    if (server.listening) {
      server.close();
      await once(server, 'close');
    }
  }
}

/** The code of a system error, such as `EADDRINUSE`. */
export function systemCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

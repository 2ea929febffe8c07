import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** A proxy for a PostgreSQL server that can lose the response to a commit. */
export interface PostgresProxy {
  /** The given URL through the proxy. */
  readonly url: string;
  /** How many chunks were sent to the server. */
  readonly sent: number;
  /**
   * Passes the responses to this many commits and loses the next one: the server has committed, but its client sees the
   * connection end.
   * Resolves when that has happened.
   */
  loseCommit(afterCount: number): Promise<void>;
  /** Ends every connection and rejects new ones, as if the server were gone, until {@link restore}. */
  cut(): void;
  restore(): void;
  close(): Promise<void>;
}

/** `CommandComplete` of a commit (PostgreSQL manual, section 54.7): a `C`, the length, and the command. */
const committed = Buffer.from('C\0\0\0\u000bCOMMIT\0', 'latin1');

/** Opens a proxy in front of a PostgreSQL server. */
export async function openPostgresProxy(target: string): Promise<PostgresProxy> {
  const { hostname, port } = new URL(target);
  const open = new Set<Socket>();
  let sent = 0;
  let left = Infinity;
  let lost = Promise.withResolvers<void>();

  let isCut = false;

  const server = createServer((client) => {
    if (isCut) {
      client.destroy();
      return;
    }
    const upstream = connect(Number(port), hostname);
    for (const socket of [client, upstream]) {
      open.add(socket);
      socket
        .on('error', () => undefined)
        .on('close', () => {
          open.delete(socket);
          client.destroy();
          upstream.destroy();
        });
    }
    client.on('data', (chunk: Buffer) => {
      sent += 1;
      upstream.write(chunk);
    });
    upstream.on('data', (chunk: Buffer) => {
      // Responses are short, so the response to a commit arrives in one chunk.
      if (chunk.includes(committed)) left -= 1;
      if (left >= 0) {
        client.write(chunk);
        return;
      }
      left = Infinity;
      client.destroy();
      lost.resolve();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const url = new URL(target);
  url.host = `127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  return {
    url: url.href,
    get sent() {
      return sent;
    },
    loseCommit: async (afterCount) => {
      left = afterCount;
      lost = Promise.withResolvers();
      return lost.promise;
    },
    cut: () => {
      isCut = true;
      for (const socket of open) socket.destroy();
    },
    restore: () => {
      isCut = false;
    },
    close: async () => {
      for (const socket of open) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';

/** A way to a PostgreSQL server on which the answer to a commit can be lost. */
export interface PostgresProxy {
  /** The given URL, by way of the proxy. */
  readonly url: string;
  /** How often something was sent to the server. */
  readonly sent: number;
  /**
   * Lets the answers to as many commits through, and loses the next: the server has committed by then, and what asked it
   * to sees its connection end. Resolves when that has happened.
   */
  loseCommit(afterCount: number): Promise<void>;
  /** Ends every connection and refuses new ones, as a server that is gone does, until {@link restore}. */
  cut(): void;
  restore(): void;
  close(): Promise<void>;
}

/** `CommandComplete` of a commit (PostgreSQL manual, section 54.7): a `C`, the length, and the command. */
const committed = Buffer.from('C\0\0\0\u000bCOMMIT\0', 'latin1');

/** Opens a proxy before a PostgreSQL server. */
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
      // Answers are short, so the one to a commit comes in one piece.
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

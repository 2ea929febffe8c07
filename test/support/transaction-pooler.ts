import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';

import pg from 'pg';

/** PgBouncer in transaction mode, as far as the start of the server can see it. */
export interface TransactionPooler {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Opens a test pooler: all its clients share one session of the server. It implements the part of the protocol that single
 * queries need
 * (PostgreSQL manual, sections 54.2 and 54.7), and returns the first column of each.
 */
export async function openTransactionPooler(target: string): Promise<TransactionPooler> {
  const session = new pg.Client({ connectionString: target });
  await session.connect();
  const open = new Set<Socket>();
  let clients = 0;
  const server = createServer((socket) => {
    open.add(socket);
    clients += 1;
    const ownProcessId = 1_000_000 + clients;
    let isStarted = false;
    socket.on('error', () => undefined).on('close', () => open.delete(socket));
    socket.on('data', (chunk: Buffer) => {
      if (!isStarted) {
        isStarted = true;
        socket.write(Buffer.concat([message('R', int32(0)), message('K', int32(ownProcessId), int32(7)), ready]));
      } else if (chunk.toString('latin1', 0, 1) === 'Q') {
        void answer(session, chunk.toString('utf8', 5, chunk.length - 1)).then((bytes) => socket.write(bytes));
      }
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const url = new URL(target);
  url.host = `127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
  return {
    url: url.href,
    close: async () => {
      for (const socket of open) socket.destroy();
      server.close();
      await once(server, 'close');
      await session.end();
    },
  };
}

async function answer(session: pg.Client, text: string): Promise<Buffer> {
  const { rows, fields } = await session.query<unknown[]>({ text, rowMode: 'array' });
  const [field] = fields;
  if (field === undefined) return Buffer.concat([message('C', cString('SET')), ready]);
  const about = [int32(0), int16(0), int32(field.dataTypeID), int16(field.dataTypeSize), int32(-1), int16(0)];
  const described = message('T', int16(1), cString(field.name), ...about);
  const values = rows.map(([value]) => {
    const bytes = Buffer.from(String(value));
    return message('D', int16(1), int32(bytes.length), bytes);
  });
  return Buffer.concat([described, ...values, message('C', cString(`SELECT ${rows.length}`)), ready]);
}

function message(kind: string, ...parts: readonly Buffer[]): Buffer {
  const body = Buffer.concat(parts);
  return Buffer.concat([Buffer.from(kind, 'latin1'), int32(body.length + 4), body]);
}

function int32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeInt32BE(value);
  return bytes;
}

function int16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeInt16BE(value);
  return bytes;
}

function cString(text: string): Buffer {
  return Buffer.from(`${text}\0`);
}

const ready = message('Z', Buffer.from('I'));

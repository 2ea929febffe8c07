import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

import type { FastifyInstance } from 'fastify';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { silentLogger } from '../kernel/logger.ts';
import { systemRandom } from '../kernel/random.ts';
import { createHttpServer, usualPatience } from './http-server.ts';

const options = { logger: silentLogger, random: systemRandom, https: false, trustedProxies: [] };
const slowCount = 1000;
const head = 'POST / HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n';

describe('slow clients', () => {
  let server: FastifyInstance;
  let port: number;
  const sockets: Socket[] = [];

  beforeEach(async () => {
    server = createHttpServer({
      ...options,
      patience: { headersMsMax: 1_000, requestMsMax: 1_500, checkedEveryMs: 100 },
    });
    server.post('/', async () => ({ ok: true }));
    await server.listen({ port: 0, host: '127.0.0.1' });
    const address = server.server.address();
    port = typeof address === 'object' && address !== null ? address.port : 0;
  });
  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.destroy();
    await server.close();
  });

  /** Opens a connection and sends the beginning of a request; resolves with the response when the connection closes. */
  async function sendSlowly(text: string): Promise<{ answer: Promise<string> }> {
    const socket = connect(port, '127.0.0.1').setEncoding('utf8');
    sockets.push(socket);
    let answer = '';
    socket.on('data', (chunk: string) => (answer += chunk)).on('error', () => undefined);
    const closed = once(socket, 'close').then(() => answer);
    await once(socket, 'connect');
    if (text !== '') socket.write(text);
    return { answer: closed };
  }

  const slow: readonly (readonly [what: string, text: string])[] = [
    ['say nothing', ''],
    ['never end their headers', head],
    ['never end their body', `${head}content-length: 1000\r\n\r\n{`],
  ];

  it.each(slow)(
    'H046: and %s are disconnected, even a thousand of them, without delaying others',
    async (_what, text) => {
      const waiting = await Promise.all(Array.from({ length: slowCount }, () => sendSlowly(text)));
      const url = `http://127.0.0.1:${port}/`;
      const good = await fetch(url, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{}' });
      expect([good.status, server.server.listening]).toEqual([200, true]);
      const answers = await Promise.all(waiting.map(({ answer }) => answer));
      expect(new Set(answers.map((answer) => answer.slice(0, 12)))).toEqual(new Set(['HTTP/1.1 408']));
    },
  );

  it('H046: have ten seconds for the headers and thirty for the whole request by default', async () => {
    const usual = createHttpServer(options);
    expect(usualPatience).toEqual({ headersMsMax: 10_000, requestMsMax: 30_000, checkedEveryMs: 5_000 });
    expect(usual.server).toMatchObject({ headersTimeout: 10_000, requestTimeout: 30_000 });
    await usual.close();
  });
});

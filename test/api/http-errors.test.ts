import { connect } from 'node:net';
import { text } from 'node:stream/consumers';

import { describe, expect, it } from 'vitest';

import { apiRoutes } from '../../src/contract/api.ts';
import { useServer } from '../support/server.ts';

describe('invalid HTTP requests', () => {
  const { server, boot } = useServer({ engine: 'sqlite' });

  const errorBody = (statusCode: number, code: string) => ({
    reqId: expect.stringMatching(/^req-/),
    statusCode,
    code,
    error: expect.any(String),
    message: expect.any(String),
  });

  /** Sends raw bytes and returns the status and the body of the response. */
  async function sendRaw(request: string): Promise<{ status: number; head: string; body: unknown }> {
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
    socket.write(request);
    const [head = '', body = ''] = (await text(socket)).split('\r\n\r\n');
    return {
      status: Number(head.split(' ')[1]),
      head: head.toLowerCase(),
      body: body === '' ? undefined : JSON.parse(body),
    };
  }

  it('a path segment that is too long is 414 with the usual error body, without an echo of the segment', async () => {
    const { status, body, text: sent, headers } = await server.call(`/api/v1/groups/${'x'.repeat(600)}`);
    expect([status, body]).toEqual([414, errorBody(414, 'path_too_long')]);
    expect(sent).not.toContain('xxx');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    const broken = await server.call('/api/v1/groups/%E0%A4%A');
    expect([broken.status, broken.body]).toEqual([400, errorBody(400, 'bad_request')]);
  });

  it.each([
    ['PUT', '/api/v1/groups', 'GET, HEAD, POST, OPTIONS'],
    ['DELETE', '/api/v1/groups', 'GET, HEAD, POST, OPTIONS'],
    ['PUT', '/api/v1/groups/some-id/', 'DELETE, GET, HEAD, PATCH, OPTIONS'],
    ['PATCH', '/api/status?x=1', 'GET, HEAD, OPTIONS'],
    ['HEAD', '/api/v1/sso/oidc/callback', 'GET, OPTIONS'],
    ['HEAD', '/api/v3/auth/login', 'POST, OPTIONS'],
    ['GET', '/api/v3/auth/login', 'POST, OPTIONS'],
  ])('%s %s is 405 and says which methods there are', async (method, path, allow) => {
    const { status, body, headers } = await server.call(path, { method });
    expect([status, headers.get('allow')]).toEqual([405, allow]);
    if (method !== 'HEAD') expect(body).toEqual(errorBody(405, 'method_not_allowed'));
  });

  it('an unknown path is 404 for every method, without a list of methods', async () => {
    for (const method of ['GET', 'PUT', 'OPTIONS', 'HEAD', 'POST']) {
      const { status, headers } = await server.call('/api/v1/nothing', { method });
      expect([method, status, headers.get('allow')]).toEqual([method, 404, null]);
    }
  });

  it('every path of the API answers OPTIONS with its methods', async () => {
    for (const { url, method } of apiRoutes) {
      const { status, headers, text: sent } = await server.call(url.replaceAll(/:\w+/g, 'x'), { method: 'OPTIONS' });
      expect([url, status, sent]).toEqual([url, 204, '']);
      expect(headers.get('allow')?.split(', ')).toEqual(expect.arrayContaining([method, 'OPTIONS']));
    }
  });

  it('HEAD answers like GET without the body and with the same access check', async () => {
    const { token } = boot;
    const [get, head] = [
      await server.call('/api/v1/groups', { token }),
      await server.call('/api/v1/groups', { token, method: 'HEAD' }),
    ];
    expect([head.status, head.text]).toEqual([200, '']);
    for (const name of ['content-type', 'content-length', 'x-total-count', 'cache-control']) {
      expect([name, head.headers.get(name)]).toEqual([name, get.headers.get(name)]);
    }
    expect((await server.call('/api/v1/groups', { method: 'HEAD' })).status).toBe(401);
  });

  it('another media type is 415 with the usual error body', async () => {
    const init = {
      method: 'POST',
      body: '<a/>',
      headers: { 'content-type': 'text/xml', authorization: `Bearer ${boot.token}` },
    };
    const answer = await fetch(`${server.url}/api/v1/groups`, init);
    expect([answer.status, await answer.json()]).toEqual([415, errorBody(415, 'unsupported_media_type')]);
  });

  it('oversized headers are 431 and invalid HTTP is 400, with the usual error body', async () => {
    const large = await sendRaw(`GET /api/status HTTP/1.1\r\nHost: x\r\nCookie: ${'a'.repeat(40_000)}\r\n\r\n`);
    expect([large.status, large.body]).toEqual([431, errorBody(431, 'headers_too_large')]);
    const nonsense = await sendRaw('this is no request\r\n\r\n');
    expect([nonsense.status, nonsense.body]).toEqual([400, errorBody(400, 'bad_request')]);
  });

  it.each(['xchunked', 'chunked, identity', 'identity', 'gzip, chunked', 'chunked, chunked'])(
    'H384: Transfer-Encoding %s is 400 and closes the connection',
    async (coding) => {
      const request = [
        'POST /api/v3/auth/login HTTP/1.1',
        'Host: x',
        'Content-Type: application/json',
        `Transfer-Encoding: ${coding}`,
        '',
        '0',
        '',
        'GET /api/status HTTP/1.1',
        'Host: x',
        '',
        '',
      ];
      const { status, head, body } = await sendRaw(request.join('\r\n'));
      expect([status, body]).toEqual([400, errorBody(400, 'bad_request')]);
      expect(head).toContain('connection: close');
    },
  );
});

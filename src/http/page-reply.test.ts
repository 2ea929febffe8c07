import Fastify from 'fastify';
import { describe, expect, test } from 'vitest';

import { html } from './html.ts';
import { contentSecurityPolicy, sendPage } from './page-reply.ts';

describe('sendPage', () => {
  test('H124, H274: forbids caching, framing and content from other sites', async () => {
    const app = Fastify();
    app.get('/', (_request, reply) => sendPage(reply, html`<p>${'<>'}</p>`, { status: 403 }));
    const response = await app.inject('/');
    expect(response.statusCode).toBe(403);
    expect(response.body).toBe('<p>&lt;&gt;</p>');
    expect(response.headers).toMatchObject({
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy':
        "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
      'cache-control': 'no-store',
      'x-frame-options': 'DENY',
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'same-origin',
      'cross-origin-opener-policy': 'same-origin',
    });
  });
});

describe('contentSecurityPolicy', () => {
  test('adds exactly what a page needs', () => {
    const policy = contentSecurityPolicy({
      script: true,
      extraConnectSrc: 'http://127.0.0.1:5000',
      formAction: 'https://idp.example',
    });
    expect(policy.split('; ')).toStrictEqual([
      "default-src 'none'",
      "style-src 'self'",
      "img-src 'self'",
      "script-src 'self'",
      'connect-src http://127.0.0.1:5000',
      "form-action 'self' https://idp.example",
      "base-uri 'none'",
      "frame-ancestors 'none'",
    ]);
  });

  test.each(['https://a.example; script-src *', 'https://a.example *', 'https://a.example/', 'javascript:0', '*'])(
    'rejects %j as a web origin',
    (source) => {
      expect(() => contentSecurityPolicy({ formAction: source })).toThrow(TypeError);
    },
  );
});

import { beforeAll, describe, expect, it } from 'vitest';

import { type BrowserClient, openBrowser } from '../support/browser-client.ts';
import { type SceneOrganization, signIn, useLoginScene } from '../support/login-scene.ts';

/** Publicly cacheable responses: public keys, the site's static files, and the API description. */
const mayBeKept = [
  '/.well-known/jwks.json',
  '/api/v1/sso/oidc/config/:configId/jwks.json',
  '/assets/:name',
  '/api/docs',
];

describe('security headers of every response', () => {
  let organization: SceneOrganization;
  let member: BrowserClient;

  const scene = useLoginScene('sqlite');
  beforeAll(async () => {
    organization = await scene.addOrganization();
    ({ browser: member } = await signIn(scene, { organization }));
  });

  const paths = () =>
    scene.server.routes.filter((route) => route.startsWith('GET ')).map((route) => route.slice('GET '.length));
  const urlOf = (path: string) => {
    const name = path === '/assets/:name' ? 'sallyport.css' : organization.id;
    return `${scene.server.url}${path.replaceAll(/:\w+/gu, name)}?organizationId=${organization.id}`;
  };

  it('H124, H125, H236: a page forbids caching, framing and content from other sites', async () => {
    let pages = 0;
    for (const browser of [member, openBrowser()]) {
      for (const path of paths().filter((each) => !each.startsWith('/api/docs'))) {
        const { headers } = await browser.visit(urlOf(path));
        if (!headers.get('content-type')?.startsWith('text/html')) continue;
        pages += 1;
        const policy = headers.get('content-security-policy') ?? '';
        expect([path, policy.split('; ').slice(0, 3)]).toEqual([
          path,
          ["default-src 'none'", "style-src 'self'", "img-src 'self'"],
        ]);
        expect([path, policy]).toEqual([path, expect.stringMatching(/base-uri 'none'; frame-ancestors 'none'$/u)]);
        expect([path, policy]).toEqual([path, expect.not.stringMatching(/unsafe|\*|data:|http/u)]);
        expect([path, headers.get('x-frame-options'), headers.get('cache-control')]).toEqual([
          path,
          'DENY',
          'no-store',
        ]);
        expect([path, headers.get('cross-origin-opener-policy')]).toEqual([path, 'same-origin']);
      }
    }
    expect(pages).toBeGreaterThan(8);
  });

  it('H125: every response forbids referrers, content-type guessing and caching of personal data', async () => {
    const { token } = scene.boot;
    for (const path of paths()) {
      const { headers, text } = await member.visit(urlOf(path), { headers: { authorization: `Bearer ${token}` } });
      expect([path, headers.get('referrer-policy')]).toEqual([
        path,
        expect.stringMatching(/^(?:no-referrer|same-origin)$/u),
      ]);
      expect([path, headers.get('x-content-type-options')]).toEqual([path, 'nosniff']);
      const type = headers.get('content-type');
      const whole = expect.stringMatching(/^[a-z]+\/[a-z+-]+; charset=utf-8$/u);
      if (text !== '') expect([path, type]).toEqual([path, whole]);
      const isKept = mayBeKept.some((each) => path.startsWith(each)) || headers.has('location');
      if (!isKept) expect([path, headers.get('cache-control')]).toEqual([path, 'no-store']);
    }
  });
});

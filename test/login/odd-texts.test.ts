import { describe, expect, it } from 'vitest';

import { openBrowser } from '../support/browser-client.ts';
import { engines } from '../support/databases.ts';
import { countRows, useLoginScene } from '../support/login-scene.ts';

const odd = ['\0', 'a\0b', 'a@\0.b', '\u{10ffff}', "'", '%', 'x'.repeat(5000), '__proto__', 'x@y.example', '\u202e'];
const forms = ['/login/start', '/login/admin', '/login/break-glass', '/invitation', '/login/select-organization'];
const queries: Readonly<Record<string, readonly string[]>> = {
  '/api/v1/sso/oidc/login': ['domain', 'email', 'orgSlug', 'callbackPort', 'returnTo'],
  '/api/v1/sso/oidc/callback': ['state', 'code', 'iss', 'error'],
  '/login/error': ['attempt', 'code'],
  '/login': ['returnTo', 'callback_port'],
  '/invitation': ['token'],
};

describe.each(engines)('unusual text from anonymous callers (%s)', (engine) => {
  const scene = useLoginScene(engine);

  it.each(forms)('H262: causes no error in the form of %s', async (path) => {
    const before = await countRows(scene);
    for (const text of odd) {
      const whole = { identifier: text, email: text, organizationSlug: text, code: text, password: text, token: text };
      for (const form of [whole, { ...whole, returnTo: text, callbackPort: text, organizationId: text }]) {
        const { status } = await openBrowser().visit(`${scene.server.url}${path}`, { form });
        expect([text, status]).toEqual([text, expect.toSatisfy((code: number) => code < 500)]);
      }
    }
    expect(await countRows(scene)).toEqual(before);
  });

  it.each(Object.entries(queries))('H262: causes no error in the query of %s', async (path, names) => {
    for (const text of odd) {
      for (const name of names) {
        const url = `${scene.server.url}${path}?${new URLSearchParams({ [name]: text }).toString()}`;
        const { status } = await openBrowser().visit(url);
        expect([name, text, status]).toEqual([name, text, expect.toSatisfy((code: number) => code < 500)]);
      }
    }
  });
});

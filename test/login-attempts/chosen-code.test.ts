import { describe, expect, it } from 'vitest';

import type { Logger } from '../../src/kernel/logger.ts';
import { openBrowser } from '../support/browser-client.ts';
import { engines } from '../support/databases.ts';
import { beginSignIn, expectRefusal, useLoginScene } from '../support/login-scene.ts';

/** Codes that anyone can send to the callback: parts of the record's JSON, and texts that JSON escapes. */
const codes: readonly (readonly [name: string, code: string])[] = [
  ['how the steps begin', '"steps":[["discovery"'],
  ['where one fact ends and the next begins', '","userAgent":"'],
  ['the name of a step', 'authorization_request'],
  ['a name in the log', '","reason":"error'],
  ['what the log begins with', '{"step":"token","'],
  ['quotation marks and backslashes', String.raw`"canary\code"canary\code"`],
];

describe.each(engines)('a code that an attacker chose and the provider repeats (%s)', (engine) => {
  const lines: string[] = [];
  const write = (fields: object, message: string) => void lines.push(`${message} ${JSON.stringify(fields)}`);
  const logger: Logger = { debug: write, info: write, warn: write, error: write };

  const scene = useLoginScene(engine, {}, { logger });

  it.each(codes)('H265: is removed from the record and the log, which stay intact: %s', async (_name, code) => {
    const organization = await scene.addOrganization();
    organization.idp.mutate({
      reply: {
        token: (reply) => ({
          ...reply,
          status: 400,
          body: JSON.stringify({ error: 'invalid_grant', error_description: `no such code: ${code}` }),
        }),
      },
    });
    const browser = openBrowser();
    const callback = await beginSignIn(scene, { organization, browser });
    callback.searchParams.set('code', code);
    const { id, details } = await expectRefusal(scene, 'idp_code_refused', () => browser.visit(callback));
    const url = '/api/v1/sso/oidc/login-attempts';
    const query = `organizationId=${organization.id}`;
    const { token } = scene.boot;
    const list = await scene.server.call(`${url}?${query}`, { token });
    expect([list.status, list.body.loginAttempts[0]?.id]).toEqual([200, id]);
    const one = await scene.server.call(`${url}/${id}?${query}`, { token });
    expect([one.status, one.body.steps?.map(({ name }: { name: string }) => name)]).toEqual([
      200,
      expect.arrayContaining(['discovery', 'authorization_request', 'token_request']),
    ]);
    expect(one.body.ipAddress).toBe('127.0.0.1');
    for (const text of [details, lines.at(-1) ?? '']) {
      expect(text).not.toContain('canary');
    }
    expect(lines.some((line) => line.startsWith('sign-in refused') && line.includes(id))).toBe(true);
  });
});

import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';

import { engines } from '../support/databases.ts';
import { configUrl, customConfig } from '../support/oidc-config-body.ts';
import { useServer } from '../support/server.ts';

const numRuns = 300;

// Every code unit, including lone surrogates and NUL, and texts that are almost valid for a field.
const anyText = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 60 }),
  fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 20 }).map((units) => String.fromCharCode(...units)),
  fc.webUrl({ withQueryParameters: true, withFragments: true }),
  fc.domain(),
  fc.constantFrom(
    '',
    ' ',
    'custom',
    'discoveryURL',
    'RS256',
    'none',
    '********',
    'https://',
    'https://[',
    'xn--',
    '*.',
  ),
  fc.constantFrom('x'.repeat(2049), '\ud800', 'https://idp.acme.example/\ud800', 'https://%00', '__proto__', '%ff'),
);
const anyValue = fc.oneof({ weight: 3, arbitrary: anyText }, { weight: 1, arbitrary: fc.jsonValue({ maxDepth: 3 }) });

describe.each(engines)('any request body (%s)', (engine) => {
  const { server, boot } = useServer({ engine });
  beforeAll(async () => {
    await server.call(configUrl, { token: boot.token, json: customConfig(boot.organizationId) });
  });

  const send = async (method: string, json: unknown) => {
    const answer = await server.call(configUrl, { token: boot.token, method, json });
    if (answer.status === 200) return answer;
    const { body } = answer;
    expect([400, 404, 409, 422]).toContain(answer.status);
    expect([body.statusCode, typeof body.message, typeof body.reqId]).toEqual([answer.status, 'string', 'string']);
    return answer;
  };

  it('that differs from a valid one is stored or rejected, never a failure', async () => {
    const good = customConfig(boot.organizationId);
    const fields = Object.fromEntries(Object.keys(good).map((field) => [field, anyValue]));
    const change = fc.record(fields, { requiredKeys: [] });
    await fc.assert(
      fc.asyncProperty(fc.constantFrom('POST', 'PATCH'), change, async (method, values) => {
        const { status } = await send(method, JSON.stringify({ ...good, ...values }));
        if (method === 'POST') expect(status).not.toBe(200);
      }),
      { numRuns },
    );
  }, 60_000);

  it('that changes one field is stored as returned, or not at all', async () => {
    const { organizationId } = boot;
    const fields = Object.keys(customConfig(organizationId)).filter((field) => field !== 'organizationId');
    const url = `${configUrl}?organizationId=${organizationId}`;
    await fc.assert(
      fc.asyncProperty(fc.constantFrom(...fields), anyValue, async (field, value) => {
        const before = await server.call(url, { token: boot.token });
        const answer = await send('PATCH', { organizationId, clientSecret: 'entered again', [field]: value });
        const after = await server.call(url, { token: boot.token });
        expect(after.body).toMatchObject(answer.status === 200 ? answer.body : before.body);
      }),
      { numRuns: numRuns / 3 },
    );
  }, 60_000);

  it('of arbitrary JSON, or of none, is rejected', async () => {
    const text = fc.oneof(
      fc.json(),
      fc.string({ unit: 'binary' }),
      fc.json().map((json) => json.slice(0, -1)),
    );
    await fc.assert(
      fc.asyncProperty(fc.constantFrom('POST', 'PATCH'), text, async (method, body) => {
        expect((await send(method, body)).status).toBe(422);
      }),
      { numRuns: numRuns / 3 },
    );
  }, 60_000);
});

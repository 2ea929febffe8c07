import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { addOrganization } from '../support/callers.ts';
import { engines } from '../support/databases.ts';
import { configEvents, configUrl, customConfig, discoveryConfig, storedConfig } from '../support/oidc-config-body.ts';
import { type Answer, type Bootstrapped, bootstrap, startTestServer, type TestServer } from '../support/server.ts';

const urlFields = ['issuer', 'authorizationEndpoint', 'jwksUri', 'tokenEndpoint', 'userinfoEndpoint', 'discoveryURL'];
const textFields = [...urlFields, 'allowedEmailDomains', 'clientId', 'clientSecret', 'organizationId'];
const enumFields = ['configurationType', 'jwtSignatureAlgorithm'];
const booleanFields = ['isActive', 'manageGroupMemberships'];
const requiredFields = ['organizationId', 'configurationType', 'clientId', 'clientSecret', 'isActive'];

const pathsOf = ({ body }: Answer): string[] => body.details.map(({ path }: { path: string }) => path);

describe.each(engines)('validation of an OIDC configuration (%s)', (engine) => {
  let server: TestServer;
  let boot: Bootstrapped;
  let empty: string;
  let stored: string;

  beforeAll(async () => {
    server = await startTestServer({ engine });
    boot = await bootstrap(server);
    empty = await addOrganization(server, boot);
    stored = await addOrganization(server, boot);
    await server.call(configUrl, { token: boot.token, json: customConfig(stored) });
  });
  afterAll(async () => {
    await server.close();
  });

  const post = async (json: unknown) => server.call(configUrl, { token: boot.token, json });
  const patch = async (json: unknown) => server.call(configUrl, { token: boot.token, method: 'PATCH', json });

  /** Expects that POST and PATCH reject a change and write nothing; returns the fields in their errors. */
  async function refusedFor(change: object): Promise<string> {
    const before = await storedConfig(server, stored);
    const answers = [
      await post({ ...customConfig(empty), ...change }),
      await patch({ organizationId: stored, ...change }),
    ];
    for (const answer of answers) {
      expect(answer).toMatchObject({ status: 422, body: { statusCode: 422, error: 'ValidationFailure' } });
      expect(typeof answer.body.message).toBe('string');
      expect(answer.body.message).toContain(pathsOf(answer)[0]);
    }
    expect(await storedConfig(server, stored)).toEqual(before);
    expect(await storedConfig(server, empty)).toBeUndefined();
    return [...new Set(answers.flatMap(pathsOf))].join();
  }

  it.each(requiredFields)('POST requires %s', async (field) => {
    const answer = await post({ ...customConfig(empty), [field]: undefined });
    expect(answer.status).toBe(422);
    expect(answer.body.details).toEqual([{ path: field, code: 'required', message: 'is required' }]);
  });

  it('POST names all missing fields at once', async () => {
    const answer = await post({});
    expect(answer.status).toBe(422);
    expect(pathsOf(answer).toSorted()).toEqual(requiredFields.toSorted());
  });

  it('PATCH requires only the organization', async () => {
    expect(pathsOf(await patch({ isActive: true }))).toEqual(['organizationId']);
  });

  it('reports each missing field of a custom configuration as its own issue', async () => {
    const urls = Object.fromEntries(urlFields.map((field) => [field, '']));
    const answer = await post({ ...customConfig(empty), ...urls });
    expect(answer.status).toBe(422);
    expect(pathsOf(answer)).toEqual(urlFields.filter((field) => field !== 'discoveryURL'));
  });

  it.each(urlFields.slice(0, 5))('rejects a custom configuration without %s', async (field) => {
    expect(await refusedFor({ [field]: '  ' })).toBe(field);
    expect(pathsOf(await post({ ...customConfig(empty), [field]: undefined }))).toEqual([field]);
  });

  it('rejects a discovery configuration without its URL', async () => {
    expect(await refusedFor({ configurationType: 'discoveryURL' })).toBe('discoveryURL');
    for (const address of [
      '?appid=1',
      '/.well-known/oauth-authorization-server',
      '/.well-known/openid-configuration//',
    ]) {
      const discoveryURL = `https://idp.example.com${address}`;
      expect(await refusedFor({ configurationType: 'discoveryURL', discoveryURL })).toBe('discoveryURL');
    }
    const undiscoverable = { ...discoveryConfig(empty), discoveryURL: 'https://idp.example.com/?appid=1' };
    expect((await post(undiscoverable)).body.message).toContain('set configurationType to custom');
    expect(pathsOf(await post({ ...discoveryConfig(empty), discoveryURL: '' }))).toEqual(['discoveryURL']);
  });

  it.each([...textFields, ...enumFields, ...booleanFields])('rejects null for %s', async (field) => {
    const answers = [
      await post({ ...customConfig(empty), [field]: null }),
      await patch({ organizationId: stored, [field]: null }),
    ];
    for (const answer of answers) {
      expect([answer.status, new Set(pathsOf(answer))]).toEqual([422, new Set([field])]);
    }
  });

  it.each(
    [...textFields, ...enumFields].flatMap((field) =>
      [7, true, ['x'], { x: 1 }].map((value) => [field, value] as const),
    ),
  )('rejects %s: %j', async (field, value) => {
    const json = { ...customConfig(empty), [field]: value };
    expect(pathsOf(await post(json))).toContain(field);
    expect(pathsOf(await patch({ ...json, organizationId: stored, [field]: value }))).toContain(field);
  });

  it.each(booleanFields.flatMap((field) => ['true', 'false', '', 1, 0, []].map((value) => [field, value] as const)))(
    'rejects %s: %j, which is not a boolean',
    async (field, value) => {
      expect(await refusedFor({ [field]: value })).toBe(field);
    },
  );

  it.each([
    ['configurationType', 'Custom'],
    ['configurationType', ''],
    ['configurationType', 'discoveryUrl'],
    ['jwtSignatureAlgorithm', 'none'],
    ['jwtSignatureAlgorithm', 'rs256'],
    ['jwtSignatureAlgorithm', 'HS512'],
    ['jwtSignatureAlgorithm', ''],
    ['clientId', ' \t '],
    ['clientSecret', ''],
  ])('rejects %s: %j', async (field, value) => {
    expect(await refusedFor({ [field]: value })).toBe(field);
  });

  it.each([
    ['clientId', 4096],
    ['clientSecret', 4096],
    ['allowedEmailDomains', 8192],
    ...urlFields.map((field) => [field, 2048] as const),
  ] as const)('H263: rejects %s longer than %d characters', async (field, lengthMax) => {
    const url = 'https://idp.acme.example/';
    const filler = field === 'allowedEmailDomains' ? ' , ' : 'x';
    const start = urlFields.includes(field) ? url : 'a.example';
    expect(await refusedFor({ [field]: `${start.padEnd(lengthMax, filler)}x` })).toBe(field);
  });

  it('accepts credentials and URLs of exactly the maximum length', async () => {
    const organizationId = await addOrganization(server, boot);
    const longest = { clientId: 'i'.repeat(4096), clientSecret: 's'.repeat(4096) };
    const jwksUri = 'https://idp.acme.example/'.padEnd(2048, 'x');
    const { status, body } = await post({ ...customConfig(organizationId), ...longest, jwksUri });
    expect([status, body.jwksUri]).toEqual([200, jwksUri]);
  });

  it.each(textFields.filter((field) => field !== 'organizationId'))(
    'H262: rejects %s with a control character or an unpaired surrogate',
    async (field) => {
      for (const character of ['\u0000', '\u0007', '\n', '\u007f', '\u0085', '\u2028', '\ud800', '\udfff']) {
        expect(await refusedFor({ [field]: `https://idp.acme.example/${character}x` })).toBe(field);
      }
    },
  );

  it('rejects a malformed organizationId', async () => {
    for (const organizationId of ['', ' ', 'x'.repeat(256), 'a\u0000b', 'a\ud800b']) {
      expect(pathsOf(await post({ ...customConfig(empty), organizationId }))).toEqual(['organizationId']);
      expect(pathsOf(await patch({ organizationId }))).toEqual(['organizationId']);
      const url = `${configUrl}?organizationId=${encodeURIComponent(organizationId.toWellFormed())}`;
      const answer = await server.call(url, { token: boot.token });
      // In a query it is looked up like any other value and not found. Only an empty or too long value is invalid.
      expect(answer.status).toBe(/^\s*$|.{256}/u.test(organizationId) && organizationId !== ' ' ? 422 : 404);
    }
  });

  it('GET and DELETE require one organizationId', async () => {
    for (const method of ['GET', 'DELETE']) {
      for (const query of ['', '?organizationId=', `?organizationId=${stored}&organizationId=${stored}`]) {
        const answer = await server.call(`${configUrl}${query}`, { token: boot.token, method });
        expect(answer).toMatchObject({ status: 422, body: { error: 'ValidationFailure' } });
        expect(pathsOf(answer)).toEqual(['organizationId']);
      }
    }
  });

  it.each([
    'idp.acme.example',
    '/token',
    '//idp.acme.example/token',
    'javascript:alert(1)',
    'data:text/html,x',
    'file:///etc/passwd',
    'ftp://idp.acme.example',
    'https:idp.acme.example',
    'https:/idp.acme.example',
    'https://',
    'https:\\\\idp.acme.example',
    'https://idp.acme.example\\@evil.example',
    'https://user@idp.acme.example',
    'https://user:password@idp.acme.example',
    'https://:password@idp.acme.example',
    'https://idp.acme.example/#',
    'https://idp.acme.example/#fragment',
    'https://idp.acme.example/a b',
    'https://idp.acme.example:99999',
    'https://[::1',
  ])('takes %j for no URL', async (url) => {
    for (const field of urlFields) expect(await refusedFor({ [field]: url })).toBe(field);
  });

  it('rejects an issuer with a query', async () => {
    expect(await refusedFor({ issuer: 'https://idp.acme.example/?tenant=1' })).toBe('issuer');
  });

  it.each([
    ['', ''],
    [' , ,', ''],
    ['Acme.Example', 'acme.example'],
    [' acme.example ,ACME.example,, *.Acme.example', 'acme.example, *.acme.example'],
    ['bücher.example', 'xn--bcher-kva.example'],
    ['BÜCHER.example, xn--bcher-kva.example', 'xn--bcher-kva.example'],
    ['*.bücher.example', '*.xn--bcher-kva.example'],
  ])('stores the domains %j as %j', async (given, kept) => {
    const { status, body } = await patch({ organizationId: stored, allowedEmailDomains: given });
    expect([status, body.allowedEmailDomains]).toEqual([200, kept]);
  });

  it.each([
    'acme',
    '*',
    '*.',
    'a.*.example',
    '**.acme.example',
    'acme.example.',
    '-a.example',
    'a..example',
    '192.0.2.1',
    '[::1]',
    'user@acme.example',
    'acme.example;b.example',
    'https://acme.example',
    '*.com',
    'ａcme.example',
    'a_b.example',
  ])('names the item %j, which is not a domain', async (item) => {
    expect(await refusedFor({ allowedEmailDomains: `acme.example, ${item}` })).toBe('allowedEmailDomains');
    const answer = await post({ ...customConfig(empty), allowedEmailDomains: `acme.example, ${item}` });
    expect(answer.body.message).toContain(item);
  });

  it('POST rejects the mask as a secret', async () => {
    const answer = await post({ ...customConfig(empty), clientSecret: '********' });
    expect([answer.status, pathsOf(answer)]).toEqual([422, ['clientSecret']]);
  });

  it.each([
    '',
    '{',
    '{"organizationId":',
    '[]',
    'null',
    '"text"',
    '7',
    '{"a":1}}',
    '{"__proto__":{"isActive":true}}',
    '\u0000',
  ])('answers 422 to the body %j', async (text) => {
    for (const method of ['POST', 'PATCH']) {
      const answer = await server.call(configUrl, { token: boot.token, method, json: text });
      expect(answer).toMatchObject({ status: 422, body: { error: 'ValidationFailure', statusCode: 422 } });
    }
  });

  it('returns errors with the documented fields only', async () => {
    const { body, headers } = await post({});
    expect(Object.keys(body)).toEqual(['reqId', 'statusCode', 'error', 'message', 'code', 'details']);
    expect(headers.get('content-type')).toMatch(/^application\/json/);
    expect(Object.keys(body.details[0])).toEqual(['path', 'code', 'message']);
  });

  it('stores nothing that it rejects', async () => {
    const before = await storedConfig(server, stored);
    const types = (await configEvents(server, empty)).map(({ type }) => type);
    expect(types).toEqual([]);
    expect(before).toMatchObject({ issuer: 'https://idp.acme.example', client_id: 'sallyport' });
  });
});

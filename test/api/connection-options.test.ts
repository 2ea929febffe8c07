import { beforeAll, describe, expect, it } from 'vitest';

import { connectionOptionDefaults } from '../../src/contract/connection-option-defaults.ts';
import type { ConnectionOptions } from '../../src/contract/connection-options.ts';
import { engines } from '../support/databases.ts';
import { configEvents, configUrl, customConfig, storedConfig } from '../support/oidc-config-body.ts';
import { type Answer, useServer } from '../support/server.ts';

const everyOption: ConnectionOptions = {
  scopes: ['openid', 'email'],
  additionalScopes: ['groups', 'urn:zitadel:iam:org:project:roles'],
  emailClaims: ['email', 'upn', ['contact', 'work', 'mail']],
  firstNameClaim: 'https://acme.example/first.name',
  lastNameClaim: ['profile', 'sn'],
  groupsClaim: ['resource_access', 'sallyport', 'roles'],
  groupsSource: 'userinfo',
  groupsFormat: 'delimited',
  groupsDelimiter: ' ',
  absentGroupsClaim: 'empty',
  groupNameMatching: 'case-insensitive',
  tokenEndpointAuthMethod: 'client_secret_post',
  clientAssertionAlgorithm: 'PS256',
  clientAssertionKeyName: 'x5t#S256',
  clientAssertionAudience: 'token-endpoint',
  prompt: 'login consent',
  maxAgeSeconds: 0,
  acrValues: ['urn:acme:mfa'],
  clockToleranceSeconds: 0,
  userinfo: 'always',
  userinfoSignedResponseAlg: 'PS256',
  trustedAudiences: ['project-7'],
  requiredClaims: {
    hd: 'acme.com',
    __proto__x: 'y',
    is_employee: true,
    tid: { equals: 'one' },
    domain: { oneOf: ['acme.test', 'acme-labs.test'] },
    groups: { contains: 'staff' },
    amr: { containsOneOf: ['mfa', 'hwk'] },
    realm_access: { path: ['roles'], containsAll: ['a', 'b'] },
  },
  authorizationParameters: { kc_idp_hint: 'corp', domain_hint: 'acme.com & co' },
};
const names = Object.keys(everyOption) as (keyof ConnectionOptions)[];

describe.each(engines)("a connection's options (%s)", (engine) => {
  const { server, boot } = useServer({ engine });
  beforeAll(async () => {
    await server.call(configUrl, { token: boot.token, json: customConfig(boot.organizationId) });
  });

  const patch = (change: object): Promise<Answer> => {
    const json = { organizationId: boot.organizationId, ...change };
    return server.call(configUrl, { method: 'PATCH', token: boot.token, json });
  };
  const readOptions = async () => {
    const url = `${configUrl}/options?organizationId=${boot.organizationId}`;
    return server.call(url, { token: boot.token });
  };
  const issuesOf = ({ body }: Answer): string[] => body.details.map(({ path }: { path: string }) => path);
  const edit = (change: { last_sign_in_at: number | null } | { issuer: string }) =>
    server.database.transaction(async (tx) => {
      await tx.updateTable('connections').set(change).where('organization_id', '=', boot.organizationId).execute();
    });
  const signedIn = (at: number | null) => edit({ last_sign_in_at: at });

  it('allow an empty userinfoEndpoint only if userinfo is never requested', async () => {
    const { body } = await server.call('/api/v2/organizations', { token: boot.token, json: { name: 'No userinfo' } });
    const organizationId = body.organization.id;
    const { userinfoEndpoint: _unused, ...custom } = customConfig(organizationId);
    const send = (json: object, method = 'POST') => server.call(configUrl, { method, token: boot.token, json });
    const refused = await send(custom);
    expect([refused.status, issuesOf(refused)]).toEqual([422, ['userinfoEndpoint']]);
    expect((await send({ ...custom, userinfo: 'when-needed' })).status).toBe(422);
    const stored = await send({ ...custom, userinfo: 'never' });
    expect([stored.status, stored.body.userinfoEndpoint]).toEqual([200, '']);
    const changed = await send({ organizationId, userinfo: 'when-needed' }, 'PATCH');
    expect([changed.status, issuesOf(changed)]).toEqual([422, ['userinfoEndpoint']]);
  });

  it('have their defaults if none was given', async () => {
    const { status, body, headers } = await readOptions();
    expect([status, body.options, body.warnings]).toEqual([200, connectionOptionDefaults, []]);
    expect(body.configId).toBe((await storedConfig(server, boot.organizationId))?.id);
    expect(headers.get('etag')).toMatch(/^"/);
    expect((await storedConfig(server, boot.organizationId))?.options).toBe('{}');
  });

  it.each(names)('%s is stored, returned, kept by a change without it, and reset', async (name) => {
    // Rules between two options.
    const also = name === 'groupsFormat' ? { groupsDelimiter: ';' } : {};
    expect((await patch({ [name]: everyOption[name], ...also })).status).toBe(200);
    expect((await patch({ isActive: true })).status).toBe(200);
    const set = (await readOptions()).body.options;
    expect(set).toEqual({ ...connectionOptionDefaults, ...also, [name]: everyOption[name] });
    expect((await patch({ [name]: connectionOptionDefaults[name], groupsDelimiter: '' })).status).toBe(200);
    expect((await readOptions()).body.options).toEqual(connectionOptionDefaults);
  });

  it('are accepted by POST and shown by one endpoint only', async () => {
    const { token } = boot;
    const made = await server.call('/api/v2/organizations', { token, json: { name: 'Other', slug: 'other' } });
    const organizationId = made.body.organization.id as string;
    // One of the two lists of scopes must be empty.
    const options = { ...everyOption, additionalScopes: [] };
    const json = { ...customConfig(organizationId), ...options };
    const created = await server.call(configUrl, { token, json });
    const shown = await server.call(`${configUrl}?organizationId=${organizationId}`, { token });
    const read = await server.call(`${configUrl}/options?organizationId=${organizationId}`, { token });
    expect([created.status, shown.status, read.body.options]).toEqual([200, 200, options]);
    for (const name of names) expect([created.text, shown.text].join()).not.toContain(`"${name}"`);
  });

  it('are audited when they change, and not when the same value is sent again', async () => {
    await patch({ acrValues: ['one', 'two'], requiredClaims: { tid: 'a' } });
    await patch({ acrValues: ['one', 'two'], requiredClaims: { tid: 'a' }, isActive: true });
    const [first, second] = (await configEvents(server, boot.organizationId))
      .filter(({ type }) => type === 'oidc-config-update')
      .slice(-2);
    expect(first?.metadata['changedFields']).toEqual(['acrValues', 'requiredClaims']);
    expect(second?.metadata['changedFields']).toEqual([]);
    await patch({ acrValues: [], requiredClaims: {} });
  });

  it.each(names)('%s determines whether earlier sign-ins still count as proof', async (name) => {
    await signedIn(1);
    await patch({ [name]: everyOption[name], ...(name === 'groupsFormat' ? { groupsDelimiter: ';' } : {}) });
    const isHarmless = ['firstNameClaim', 'lastNameClaim', 'groupNameMatching'].includes(name);
    expect((await storedConfig(server, boot.organizationId))?.last_sign_in_at).toBe(isHarmless ? 1 : null);
    await patch({ [name]: connectionOptionDefaults[name], groupsDelimiter: '' });
    await signedIn(null);
  });

  it.each([
    [{ additionalScopes: ['two scopes'] }, ['additionalScopes.0']],
    [{ additionalScopes: ['fine', 'sc"ope', ''] }, ['additionalScopes.2']],
    [{ additionalScopes: ['fine', 'sc"ope'] }, ['additionalScopes.1']],
    [{ additionalScopes: 'groups' }, ['additionalScopes']],
    [{ additionalScopes: Array.from({ length: 33 }, (_, index) => `scope-${index}`) }, ['additionalScopes']],
    [{ additionalScopes: ['a'.repeat(1025)] }, ['additionalScopes.0']],
    [{ emailClaims: Array.from({ length: 9 }, (_, index) => `claim-${index}`) }, ['emailClaims']],
    [{ emailClaims: ['a\u0000b'] }, ['emailClaims.0']],
    [{ firstNameClaim: 'x'.repeat(256) }, ['firstNameClaim']],
    [{ lastNameClaim: 'a\ud800' }, ['lastNameClaim']],
    [{ scopes: ['two scopes'] }, ['scopes.0']],
    [{ scopes: ['a', 'b', 'c', 'd', 'e'].map((letter) => letter.repeat(1000)) }, ['scopes']],
    [{ scopes: ['email'], additionalScopes: ['groups'] }, ['additionalScopes']],
    [{ groupsClaim: [] }, ['groupsClaim']],
    [{ groupsClaim: ['groups'] }, ['groupsClaim']],
    [{ groupsClaim: ['a', ''] }, ['groupsClaim.1']],
    [{ groupsClaim: ['a', 'b\u0000c'] }, ['groupsClaim.1']],
    [{ groupsClaim: ['a', ['b']] }, ['groupsClaim.1']],
    [{ groupsClaim: Array.from({ length: 9 }, () => 'a') }, ['groupsClaim']],
    [{ groupsClaim: { path: ['a', 'b'] } }, ['groupsClaim']],
    [{ emailClaims: ['email', ['upn']] }, ['emailClaims.1']],
    [{ emailClaims: [''] }, ['emailClaims.0']],
    [{ firstNameClaim: ['a', 7] }, ['firstNameClaim.1']],
    [{ groupsSource: 'idToken' }, ['groupsSource']],
    [{ groupsFormat: 'delimited' }, ['groupsDelimiter']],
    [{ groupsDelimiter: '\n' }, ['groupsDelimiter']],
    [{ groupsDelimiter: ';'.repeat(9) }, ['groupsDelimiter']],
    [{ groupsSource: 'userinfo', userinfo: 'never' }, ['userinfo']],
    [{ groupNameMatching: 'fuzzy' }, ['groupNameMatching']],
    [{ tokenEndpointAuthMethod: 'None' }, ['tokenEndpointAuthMethod']],
    [{ tokenEndpointAuthMethod: 'none', jwtSignatureAlgorithm: 'HS256' }, ['jwtSignatureAlgorithm']],
    [{ tokenEndpointAuthMethod: 'none', userinfoSignedResponseAlg: 'HS256' }, ['userinfoSignedResponseAlg']],
    [{ clientAssertionAlgorithm: 'ES256' }, ['clientAssertionAlgorithm']],
    [{ clientAssertionKeyName: 'x5t#s256' }, ['clientAssertionKeyName']],
    [{ clientAssertionAudience: 'https://idp.example' }, ['clientAssertionAudience']],
    [{ prompt: 'none' }, ['prompt']],
    [{ prompt: 'login none' }, ['prompt']],
    [{ prompt: 'Login' }, ['prompt']],
    [{ maxAgeSeconds: -2 }, ['maxAgeSeconds']],
    [{ maxAgeSeconds: 1.5 }, ['maxAgeSeconds']],
    [{ maxAgeSeconds: '60' }, ['maxAgeSeconds']],
    [{ maxAgeSeconds: 31_536_001 }, ['maxAgeSeconds']],
    [{ acrValues: ['with space'] }, ['acrValues.0']],
    [{ clockToleranceSeconds: 301 }, ['clockToleranceSeconds']],
    [{ clockToleranceSeconds: -1 }, ['clockToleranceSeconds']],
    [{ userinfo: true }, ['userinfo']],
    [{ trustedAudiences: [7] }, ['trustedAudiences.0']],
    [{ requiredClaims: { iss: 'https://idp.example' } }, ['requiredClaims.iss']],
    [{ requiredClaims: { acr: 'mfa' } }, ['requiredClaims.acr']],
    [{ requiredClaims: { '': 'x' } }, ['requiredClaims.']],
    [{ requiredClaims: { hd: 'x'.repeat(1025) } }, ['requiredClaims.hd']],
    [{ requiredClaims: { hd: 'a\u0007' } }, ['requiredClaims.hd']],
    [{ requiredClaims: ['hd'] }, ['requiredClaims']],
    [{ requiredClaims: null }, ['requiredClaims']],
    [{ requiredClaims: { hd: ['acme.test', 'acme-labs.test'] } }, ['requiredClaims.hd']],
    [{ requiredClaims: { hd: 7 } }, ['requiredClaims.hd']],
    [{ requiredClaims: { hd: null } }, ['requiredClaims.hd']],
    [{ requiredClaims: { hd: {} } }, ['requiredClaims.hd']],
    [{ requiredClaims: { hd: { path: ['a'] } } }, ['requiredClaims.hd']],
    [{ requiredClaims: { hd: { oneof: ['a'] } } }, ['requiredClaims.hd']],
    [{ requiredClaims: { hd: { contains: 'a', containsall: ['b'] } } }, ['requiredClaims.hd']],
    [{ requiredClaims: { hd: { contains: 'a', oneOf: ['a'] } } }, ['requiredClaims.hd']],
    [{ requiredClaims: { hd: { equals: null } } }, ['requiredClaims.hd.equals']],
    [{ requiredClaims: { hd: { equals: ['a'] } } }, ['requiredClaims.hd.equals']],
    [{ requiredClaims: { hd: { oneOf: 'a' } } }, ['requiredClaims.hd.oneOf']],
    [{ requiredClaims: { hd: { oneOf: [] } } }, ['requiredClaims.hd.oneOf']],
    [{ requiredClaims: { hd: { oneOf: ['a', true] } } }, ['requiredClaims.hd.oneOf.1']],
    [{ requiredClaims: { hd: { oneOf: ['a', 'a'] } } }, ['requiredClaims.hd.oneOf']],
    [{ requiredClaims: { hd: { oneOf: ['a\u0007'] } } }, ['requiredClaims.hd']],
    [{ requiredClaims: { hd: { contains: '' } } }, ['requiredClaims.hd.contains']],
    [{ requiredClaims: { hd: { contains: ['a'] } } }, ['requiredClaims.hd.contains']],
    [{ requiredClaims: { hd: { containsAll: ['x'.repeat(1025)] } } }, ['requiredClaims.hd.containsAll.0']],
    [{ requiredClaims: { hd: { path: [], contains: 'a' } } }, ['requiredClaims.hd.path']],
    [{ requiredClaims: { hd: { path: 'a.b', contains: 'a' } } }, ['requiredClaims.hd.path']],
    [{ requiredClaims: { hd: { path: ['a\u0000'], contains: 'a' } } }, ['requiredClaims.hd.path.0']],
    [{ requiredClaims: { acr: { oneOf: ['mfa'] } } }, ['requiredClaims.acr']],
    [{ requiredClaims: { sub: { oneOf: ['a'] } } }, ['requiredClaims.sub']],
    [
      { requiredClaims: { hd: { oneOf: Array.from({ length: 20 }, (_, index) => String(index).padEnd(1000, 'x')) } } },
      ['requiredClaims'],
    ],
    [{ authorizationParameters: { a: '' } }, ['authorizationParameters.a']],
    [{ authorizationParameters: { a: 7 } }, ['authorizationParameters.a']],
    [{ authorizationParameters: { a: ['b', 'c'] } }, ['authorizationParameters.a']],
    [{ authorizationParameters: { a: 'x'.repeat(513) } }, ['authorizationParameters.a']],
    [{ authorizationParameters: { a: 'b\r\nc' } }, ['authorizationParameters.a']],
    [{ authorizationParameters: { a: 'b\ud800' } }, ['authorizationParameters.a']],
    [{ authorizationParameters: { 'a b': 'c' } }, ['authorizationParameters.a b']],
    [{ authorizationParameters: { 'a[]': 'c' } }, ['authorizationParameters.a[]']],
    [{ authorizationParameters: { '': 'c' } }, ['authorizationParameters.']],
    [{ authorizationParameters: { ['a'.repeat(65)]: 'c' } }, [`authorizationParameters.${'a'.repeat(65)}`]],
    [{ authorizationParameters: ['a'] }, ['authorizationParameters']],
    [
      { authorizationParameters: Object.fromEntries(Array.from({ length: 17 }, (_, index) => [`p${index}`, 'x'])) },
      ['authorizationParameters'],
    ],
    [
      { authorizationParameters: Object.fromEntries(['a', 'b', 'c', 'd'].map((name) => [name, '&'.repeat(400)])) },
      ['authorizationParameters'],
    ],
  ])('%j is refused with its field', async (change, paths) => {
    const before = await storedConfig(server, boot.organizationId);
    const answer = await patch(change);
    expect([answer.status, [...new Set(issuesOf(answer))]]).toEqual([422, paths]);
    expect(await storedConfig(server, boot.organizationId)).toEqual(before);
  });

  it('are stored without repetitions and surplus spaces', async () => {
    await patch({ additionalScopes: [' groups ', 'groups'], prompt: ' login  login ' });
    expect((await readOptions()).body.options).toMatchObject({ additionalScopes: ['groups'], prompt: 'login' });
    await patch({ additionalScopes: [], prompt: '' });
  });

  it('change the entity tag', async () => {
    const { headers } = await readOptions();
    const token = boot.token;
    const json = { organizationId: boot.organizationId, prompt: 'login' };
    const send = () =>
      server.call(configUrl, { method: 'PATCH', token, json, headers: { 'if-match': headers.get('etag') ?? '' } });
    expect([(await send()).status, (await send()).status]).toEqual([200, 412]);
    await patch({ prompt: '' });
  });

  describe('H066: with a secret that is too short for an HMAC', () => {
    it.each([
      [{ jwtSignatureAlgorithm: 'HS256', clientSecret: 's'.repeat(31) }, ['client_secret_short']],
      [{ jwtSignatureAlgorithm: 'HS256', clientSecret: 's'.repeat(32) }, []],
      // 31 characters in 32 bytes.
      [{ jwtSignatureAlgorithm: 'HS256', clientSecret: `${'s'.repeat(30)}é` }, []],
      [{ tokenEndpointAuthMethod: 'client_secret_jwt', clientSecret: 's'.repeat(31) }, ['client_secret_short']],
      [{ clientSecret: 'short' }, []],
    ])('%j is taken, with the warnings %j', async (change, codes) => {
      const whole = { jwtSignatureAlgorithm: 'RS256', tokenEndpointAuthMethod: 'automatic', ...change };
      expect((await patch(whole)).status).toBe(200);
      const { warnings } = (await readOptions()).body;
      expect(warnings.map(({ code }: { code: string }) => code)).toEqual(codes);
      expect(JSON.stringify(warnings)).not.toContain('sss');
    });

    it('warn if the secret can no longer be decrypted', async () => {
      await edit({ issuer: 'https://elsewhere.example' });
      expect((await readOptions()).body.warnings).toEqual([
        expect.objectContaining({ code: 'client_secret_unreadable', path: 'clientSecret' }),
      ]);
      await edit({ issuer: customConfig(boot.organizationId).issuer });
    });
  });
});

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { stepOf, testConnection } from '../support/connection-test.ts';
import { engines } from '../support/databases.ts';
import {
  openPracticeScene,
  practiceSecret,
  type PracticeOrganization,
  type PracticeScene,
} from '../support/practice-scene.ts';

const methods = ['client_secret_basic', 'client_secret_post', 'client_secret_jwt', 'private_key_jwt', 'none'] as const;
type Method = (typeof methods)[number];

const hasNoSecret = (method: string) => ['private_key_jwt', 'none'].includes(method);

// The provider accepts the secret in the header and in the form.
const isAlike = (one: Method, other: Method) =>
  one === other || [one, other].every((each) => ['client_secret_basic', 'client_secret_post'].includes(each));

describe.each(engines)('client authentication at a real provider (%s)', (engine) => {
  let scene: PracticeScene;

  beforeAll(async () => {
    scene = await openPracticeScene(engine);
  });
  afterAll(() => scene.close());

  const jwksUri = ({ configId }: PracticeOrganization) =>
    `${scene.server.url}/api/v1/sso/oidc/config/${configId}/jwks.json`;
  const addOrganization = (method: Method | 'automatic' | 'client_secret_basic_raw', clientSecret = practiceSecret) =>
    scene.addOrganization({
      tokenEndpointAuthMethod: method,
      ...(hasNoSecret(method) ? {} : { clientSecret }),
    });
  const registerAs = (organization: PracticeOrganization, method: Method) =>
    scene.register(organization, {
      tokenEndpointAuthMethod: method,
      ...(method === 'private_key_jwt' ? { jwksUri: jwksUri(organization) } : {}),
    });

  const rotate = async ({ id }: PracticeOrganization, timing: { activeAfterSeconds: number }) => {
    const json = { organizationId: id, ...timing };
    const url = '/api/v1/sso/oidc/config/client-keys';
    expect((await scene.server.call(url, { token: scene.boot.token, json })).status).toBe(200);
  };

  it('client_secret_basic_raw succeeds if the provider expects client_secret_basic', async () => {
    // Only characters that need no escape, because this provider decodes them.
    const clientSecret = 'a-secret.of_letters-that-is-long-enough';
    const organization = await addOrganization('client_secret_basic_raw', clientSecret);
    scene.register(organization, { tokenEndpointAuthMethod: 'client_secret_basic', clientSecret });
    expect(await scene.signIn(organization)).toBe('signed in');
  });

  it.each(methods)('%s succeeds if the provider expects it', async (method) => {
    const organization = await addOrganization(method);
    registerAs(organization, method);
    expect(await scene.signIn(organization)).toBe('signed in');
  });

  it.each(
    methods.flatMap((ours) =>
      methods.filter((theirs) => !isAlike(ours, theirs)).map((theirs) => [ours, theirs] as const),
    ),
  )('%s fails if the provider expects %s', async (ours, theirs) => {
    const organization = await addOrganization(ours);
    registerAs(organization, theirs);
    expect(await scene.signIn(organization)).toBe('idp_client_refused');
  });

  it.each(methods.filter((method) => !hasNoSecret(method)))('%s with a wrong secret fails', async (method) => {
    const organization = await addOrganization(method, 'another secret that is long enough, too');
    registerAs(organization, method);
    expect(await scene.signIn(organization)).toBe('idp_client_refused');
  });

  it.each([
    { clientAssertionAlgorithm: 'PS256' },
    { clientAssertionAudience: 'token-endpoint' },
    { clientAssertionAlgorithm: 'PS256', clientAssertionAudience: 'token-endpoint', clientAssertionKeyName: 'kid' },
  ])('private_key_jwt with %j succeeds at a provider that reads the JWK Set', async (form) => {
    const organization = await addOrganization('private_key_jwt');
    expect((await scene.change(organization, form)).status).toBe(200);
    registerAs(organization, 'private_key_jwt');
    expect(await scene.signIn(organization)).toBe('signed in');
  });

  it("private_key_jwt with another connection's keys fails", async () => {
    const organization = await addOrganization('private_key_jwt');
    const other = await addOrganization('private_key_jwt');
    scene.register(organization, { tokenEndpointAuthMethod: 'private_key_jwt', jwksUri: jwksUri(other) });
    expect(await scene.signIn(organization)).toBe('idp_client_refused');
  });

  it('follows the discovery document if no method is configured', async () => {
    const organization = await addOrganization('automatic');
    registerAs(organization, 'client_secret_basic');
    expect(await scene.signIn(organization)).toBe('signed in');
  });

  it('changes from a secret to a key, which deletes the secret, and back', async () => {
    const organization = await addOrganization('client_secret_basic');
    registerAs(organization, 'client_secret_basic');
    expect(await scene.signIn(organization)).toBe('signed in');
    expect((await scene.change(organization, { tokenEndpointAuthMethod: 'private_key_jwt' })).status).toBe(200);
    registerAs(organization, 'private_key_jwt');
    expect(await scene.signIn(organization)).toBe('signed in');
    const back = { tokenEndpointAuthMethod: 'client_secret_post' };
    expect((await scene.change(organization, back)).body.details).toEqual([
      { path: 'clientSecret', code: 'required', message: 'is required, since none is stored' },
    ]);
    expect((await scene.change(organization, { ...back, clientSecret: practiceSecret })).status).toBe(200);
    registerAs(organization, 'client_secret_post');
    expect(await scene.signIn(organization)).toBe('signed in');
  });

  it('by key works while the next key is published and after the switch, if the provider reads the new key', async () => {
    const organization = await addOrganization('private_key_jwt');
    registerAs(organization, 'private_key_jwt');
    expect(await scene.signIn(organization)).toBe('signed in');
    await rotate(organization, { activeAfterSeconds: 3600 });
    expect(await scene.signIn(organization)).toBe('signed in');

    const fresh = await addOrganization('private_key_jwt');
    await rotate(fresh, { activeAfterSeconds: 0 });
    registerAs(fresh, 'private_key_jwt');
    expect(await scene.signIn(fresh)).toBe('signed in');
  });

  it('with a key that is used at once fails at a provider that caches keys, which is why a key is published first', async () => {
    const organization = await addOrganization('private_key_jwt');
    registerAs(organization, 'private_key_jwt');
    expect(await scene.signIn(organization)).toBe('signed in');
    await rotate(organization, { activeAfterSeconds: 0 });
    expect(await scene.signIn(organization)).toBe('idp_client_refused');
  });

  it.each(['client_secret_jwt', 'private_key_jwt'] as const)('the connection test tries %s', async (method) => {
    const organization = await addOrganization(method);
    const secretStep = async (proposal: object = {}) => {
      const json = { organizationId: organization.id, ...proposal };
      const { body } = await testConnection(scene.server, scene.boot.token, json);
      return stepOf(body, 'secret');
    };
    registerAs(organization, 'client_secret_basic');
    expect(await secretStep()).toMatchObject({ outcome: 'failed', found: expect.stringContaining('invalid_client') });
    registerAs(organization, method);
    expect(await secretStep()).toMatchObject({ outcome: 'passed', found: expect.stringContaining('invalid_grant') });
  });

  it('the connection test tries a public client, stored and proposed', async () => {
    const organization = await addOrganization('client_secret_basic');
    const secretStep = async (proposal: object = {}) => {
      const json = { organizationId: organization.id, ...proposal };
      return stepOf((await testConnection(scene.server, scene.boot.token, json)).body, 'secret');
    };
    registerAs(organization, 'none');
    const proposed = await secretStep({ tokenEndpointAuthMethod: 'none' });
    expect(proposed).toMatchObject({ outcome: 'passed', message: expect.stringContaining('without a secret') });
    registerAs(organization, 'client_secret_basic');
    expect(await secretStep({ tokenEndpointAuthMethod: 'none' })).toMatchObject({
      outcome: 'failed',
      message: expect.stringContaining('without client authentication'),
    });
    expect((await scene.change(organization, { tokenEndpointAuthMethod: 'none' })).status).toBe(200);
    // No secret is stored that a proposed configuration could send.
    expect(await secretStep({ tokenEndpointAuthMethod: 'client_secret_basic' })).toMatchObject({
      outcome: 'skipped',
      message: expect.stringContaining('No client secret'),
    });
  });

  it('the connection test does not try a key that is only proposed or belongs to another place', async () => {
    const organization = await addOrganization('client_secret_basic');
    const json = { organizationId: organization.id, tokenEndpointAuthMethod: 'private_key_jwt' };
    const { body } = await testConnection(scene.server, scene.boot.token, json);
    expect(stepOf(body, 'secret')).toMatchObject({
      outcome: 'skipped',
      message: expect.stringContaining('key pair'),
    });
  });

  it('by key keeps a stored secret only for ID tokens that are verified with it', async () => {
    const config = { tokenEndpointAuthMethod: 'private_key_jwt', jwtSignatureAlgorithm: 'HS256' } as const;
    const organization = await scene.addOrganization({ ...config, clientSecret: practiceSecret });
    const { db } = scene.server.database;
    const stored = db.selectFrom('connections').select('sealed_client_secret').where('id', '=', organization.configId);
    expect((await stored.executeTakeFirstOrThrow()).sealed_client_secret).not.toBe('');
    const bare = await scene.change(organization, { jwtSignatureAlgorithm: 'RS256' });
    expect(bare.status).toBe(200);
    expect((await stored.executeTakeFirstOrThrow()).sealed_client_secret).toBe('');
    expect((await scene.change(organization, { jwtSignatureAlgorithm: 'HS256' })).body.details).toEqual([
      expect.objectContaining({ path: 'clientSecret', code: 'required' }),
    ]);
  });
});

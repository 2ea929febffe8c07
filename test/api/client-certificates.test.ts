import { X509Certificate } from 'node:crypto';

import { compactVerify, createLocalJWKSet, decodeJwt, decodeProtectedHeader } from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';

import type { CreateOidcConfigBody } from '../../src/contract/oidc-config.ts';
import { makeClientCertificate } from '../../src/oidc/client-authentication/client-certificate.ts';
import type { NewClientKey } from '../../src/oidc/client-authentication/make-client-key.ts';
import { addMember } from '../support/callers.ts';
import { engines } from '../support/databases.ts';
import { type SceneOrganization, expectRefusal, signIn, tamper, useLoginScene } from '../support/login-scene.ts';
import { newClientKey } from '../support/new-client-key.ts';
import { configUrl } from '../support/oidc-config-body.ts';

const keysUrl = `${configUrl}/client-keys`;
const byKey = { tokenEndpointAuthMethod: 'private_key_jwt' } as const;
const day = 86_400_000;

describe.each(engines)('certificates of client keys (%s)', (engine) => {
  let anyKey: NewClientKey;

  const scene = useLoginScene(engine);
  beforeAll(async () => {
    anyKey = await newClientKey();
  });

  const call = (path: string, options: object = {}) => scene.server.call(path, { token: scene.boot.token, ...options });
  const addOrganization = (config: Partial<CreateOidcConfigBody> = {}, isCustom = false) =>
    scene.addOrganization({ config: { ...byKey, ...config }, isCustom });
  const readKeys = async ({ id }: SceneOrganization) => (await call(`${keysUrl}?organizationId=${id}`)).body;
  const rotate = ({ id }: SceneOrganization, timing: object) =>
    call(keysUrl, { json: { organizationId: id, ...timing } });
  const download = ({ id }: { id: string }, query: Record<string, string> = {}, options: object = {}) =>
    call(`${keysUrl}/certificate?${new URLSearchParams({ organizationId: id, ...query }).toString()}`, options);
  const warningsOf = async ({ id }: SceneOrganization): Promise<{ code: string; message: string }[]> =>
    (await call(`${configUrl}/options?organizationId=${id}`)).body.warnings;
  const assertionOf = async (organization: SceneOrganization): Promise<string> => {
    await expectRefusal(scene, 'idp_client_refused', () => signIn(scene, { organization }));
    const sent = organization.idp.requests.findLast(({ endpoint }) => endpoint === 'token');
    return sent?.body.get('client_assertion') ?? '';
  };
  const certificatesOf = (organization: SceneOrganization, change: object) =>
    tamper(scene, async (tx) => {
      const config = tx.selectFrom('connections').select('id').where('organization_id', '=', organization.id);
      await tx.updateTable('client_keys').set(change).where('connection_id', 'in', config).execute();
    });

  const madeDaysAgo = (days: number) => makeClientCertificate(anyKey, scene.clock.nowMs() - days * day);

  it('are listed with the keys and can be downloaded as files', async () => {
    const organization = await addOrganization();
    const [key] = (await readKeys(organization)).keys;
    const certificate = new X509Certificate(key.certificate.pem);
    expect(key.certificate).toMatchObject({
      validity: 'valid',
      sha1Thumbprint: certificate.fingerprint.replaceAll(':', ''),
      sha256Thumbprint: certificate.fingerprint256.replaceAll(':', ''),
      notBefore: certificate.validFromDate.toISOString(),
      notAfter: certificate.validToDate.toISOString(),
    });
    const file = await download(organization);
    expect([file.status, file.text]).toEqual([200, key.certificate.pem]);
    expect(file.headers.get('content-type')).toBe('application/x-pem-file');
    expect(file.headers.get('content-disposition')).toMatch(/^attachment; filename="sallyport-[\w-]{8}\.pem"$/);
  });

  it('belong to the published key, and change with each rotation', async () => {
    const organization = await addOrganization();
    expect((await rotate(organization, { activeAfterSeconds: 3600 })).status).toBe(200);
    const { keys, jwksUrl } = await readKeys(organization);
    const published = (await scene.server.call(new URL(jwksUrl).pathname)).body.keys;
    for (const [index, { id, certificate }] of keys.entries()) {
      expect(new X509Certificate(certificate.pem).publicKey.export({ format: 'jwk' }).n).toBe(published[index].n);
      expect((await download(organization, { keyId: id })).text).toBe(certificate.pem);
    }
    expect((await download(organization)).text).toBe(keys[0].certificate.pem);
    expect(keys[0].certificate.pem).not.toBe(keys[1].certificate.pem);
  });

  it('identify the key of an assertion as Entra ID documents it', async () => {
    const organization = await addOrganization({
      clientAssertionAlgorithm: 'PS256',
      clientAssertionKeyName: 'x5t#S256',
      clientAssertionAudience: 'token-endpoint',
    });
    const assertion = await assertionOf(organization);
    const { keys, jwksUrl } = await readKeys(organization);
    expect(keys[0].algorithm).toBe('PS256');
    const thumbprint = Buffer.from(keys[0].certificate.sha256Thumbprint, 'hex').toString('base64url');
    expect(decodeProtectedHeader(assertion)).toEqual({ alg: 'PS256', typ: 'JWT', 'x5t#S256': thumbprint });
    const { aud, iat = 0, nbf, exp } = decodeJwt(assertion);
    expect([aud, nbf, exp]).toEqual([organization.idp.endpoints.token, iat - 60, iat + 60]);
    const keySet = (await scene.server.call(new URL(jwksUrl).pathname)).body;
    expect(keySet.keys[0].alg).toBe('PS256');
    const { publicKey } = new X509Certificate(keys[0].certificate.pem);
    await compactVerify(assertion, publicKey, { algorithms: ['PS256'] });
    await compactVerify(assertion, createLocalJWKSet(keySet), { algorithms: ['PS256'] });
  });

  it('identify the key of an assertion as AD FS documents it', async () => {
    const organization = await addOrganization({ clientAssertionKeyName: 'x5t' });
    const assertion = await assertionOf(organization);
    const [{ certificate }] = (await readKeys(organization)).keys;
    const x5t = Buffer.from(certificate.sha1Thumbprint, 'hex').toString('base64url');
    expect(decodeProtectedHeader(assertion)).toEqual({ alg: 'RS256', typ: 'JWT', x5t });
    expect(decodeJwt(assertion).aud).toBe(organization.idp.issuer);
    await compactVerify(assertion, new X509Certificate(certificate.pem).publicKey, { algorithms: ['RS256'] });
  });

  it('are used automatically at a provider that is recognised as AD FS', async () => {
    const organization = await scene.addOrganization({ config: byKey, idp: { issuerPath: '/adfs' } });
    const assertion = await assertionOf(organization);
    expect(decodeProtectedHeader(assertion)).toHaveProperty('x5t');
    expect(decodeJwt(assertion).aud).toBe(organization.idp.endpoints.token);
    const assumed = await call(`${configUrl}/assumptions?organizationId=${organization.id}`);
    const sources = assumed.body.options
      .filter(({ option }: { option: string }) => option.startsWith('clientAssertion'))
      .map(({ option, value, source }: Record<string, unknown>) => [option, value, source]);
    expect(sources).toEqual([
      ['clientAssertionAlgorithm', 'automatic', 'default'],
      ['clientAssertionKeyName', 'x5t', 'profile'],
      ['clientAssertionAudience', 'token-endpoint', 'profile'],
    ]);
  });

  it('are listed for an Entra ID client whose provider was never called', async () => {
    const organization = await addOrganization();
    const discoveryURL = 'https://login.microsoftonline.com/8d2c3c1e-0000-4000-8000-000000000001/v2.0';
    expect((await scene.changeConfig(organization, { discoveryURL })).status).toBe(200);
    const [key] = (await readKeys(organization)).keys;
    expect([key.algorithm, key.certificate.validity]).toEqual(['PS256', 'valid']);
    await certificatesOf(organization, { certificate: madeDaysAgo(700) });
    const code = 'client_certificate_expires';
    expect(await warningsOf(organization)).toEqual([
      { code, path: 'tokenEndpointAuthMethod', message: expect.stringContaining('expires on 20') },
    ]);
  });

  it.each([
    [669, 'valid', []],
    [671, 'expires_soon', ['client_certificate_expires']],
    [729, 'expires_soon', ['client_certificate_expires']],
    [731, 'expired', ['client_certificate_expires']],
  ])('that are %i days old are %s, with the warnings %j', async (days, validity, codes) => {
    const organization = await addOrganization({ clientAssertionKeyName: 'x5t#S256' });
    await certificatesOf(organization, { certificate: madeDaysAgo(days) });
    expect((await readKeys(organization)).keys[0].certificate.validity).toBe(validity);
    expect((await warningsOf(organization)).map(({ code }) => code)).toEqual(codes);
    // A provider that reads the JWK Set never sees the certificate.
    expect((await scene.changeConfig(organization, { clientAssertionKeyName: 'kid' })).status).toBe(200);
    expect(await warningsOf(organization)).toEqual([]);
  });

  it('that expire are replaced with the key', async () => {
    const organization = await addOrganization({ clientAssertionKeyName: 'x5t#S256' });
    await certificatesOf(organization, { certificate: madeDaysAgo(731) });
    expect((await rotate(organization, { activeAfterSeconds: 0 })).status).toBe(200);
    expect(await warningsOf(organization)).toEqual([]);
  });

  it('that an older key lacks leave it usable by its key id, and the listing says how to get one', async () => {
    const organization = await addOrganization({ clientAssertionKeyName: 'x5t' });
    await certificatesOf(organization, { certificate: null });
    const [key] = (await readKeys(organization)).keys;
    expect(key.certificate).toBeNull();
    expect((await download(organization)).body.code).toBe('client_certificate_not_found');
    expect((await warningsOf(organization)).map(({ code }) => code)).toEqual(['client_certificate_missing']);
    expect(decodeProtectedHeader(await assertionOf(organization))).toEqual({ alg: 'RS256', kid: key.id });
  });

  it('H378: are not available to another organization, nor by the id of another organization’s key', async () => {
    const [organization, other] = [await addOrganization(), await addOrganization()];
    const [{ id: theirs }] = (await readKeys(other)).keys;
    const unknown = await download(organization, { keyId: 'no-such-key' });
    const foreign = await download(organization, { keyId: theirs });
    expect([foreign.status, foreign.body.code]).toEqual([404, 'client_certificate_not_found']);
    expect({ ...foreign.body, reqId: '' }).toEqual({ ...unknown.body, reqId: '' });
    const { token } = await addMember(scene.server, scene.boot, { organizationId: organization.id, role: 'admin' });
    expect((await download(organization, {}, { token })).status).toBe(200);
    expect((await download(other, {}, { token })).body.code).toBe('organization_not_found');
  });

  it('H377: an assertion for a token endpoint verifies only with the keys of its own connection', async () => {
    const victim = await addOrganization({ clientAssertionAudience: 'token-endpoint' });
    const mallory = await addOrganization({ clientAssertionAudience: 'token-endpoint' });
    mallory.idp.mutate({ discovery: (document) => ({ ...document, token_endpoint: victim.idp.endpoints.token }) });
    await expectRefusal(scene, 'idp_client_refused', () => signIn(scene, { organization: mallory }));
    const sent = victim.idp.requests.findLast(({ endpoint }) => endpoint === 'token');
    const assertion = sent?.body.get('client_assertion') ?? '';
    expect(decodeJwt(assertion).aud).toBe(victim.idp.endpoints.token);
    const keysOf = async (organization: SceneOrganization) =>
      (await scene.server.call(new URL((await readKeys(organization)).jwksUrl).pathname)).body;
    await compactVerify(assertion, createLocalJWKSet(await keysOf(mallory)));
    await expect(compactVerify(assertion, createLocalJWKSet(await keysOf(victim)))).rejects.toThrow(
      'no applicable key',
    );
  });
});

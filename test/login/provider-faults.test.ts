import { describe, expect, it } from 'vitest';

import { openBrowser, type PageAnswer } from '../support/browser-client.ts';
import { engines } from '../support/databases.ts';
import type { Endpoint, FaultyIdp } from '../support/faulty-idp.ts';
import type { Fault } from '../support/faulty-idp-replies.ts';
import { attemptRecords } from '../support/attempt-records.ts';
import {
  type LoginScene,
  type SceneOrganization,
  expectRefusal,
  hasSession,
  loginUrl,
  openLoginScene,
  readToken,
  signIn,
  useLoginScene,
} from '../support/login-scene.ts';

const breakEndpoint = (idp: FaultyIdp, endpoint: Endpoint, fault: Fault) =>
  idp.mutate({ reply: { [endpoint]: (reply: object) => ({ ...reply, fault }) } });
const startAt = (scene: LoginScene, slug: string): Promise<PageAnswer> =>
  openBrowser().visit(loginUrl(scene, { orgSlug: slug }));

// Each case waits for seconds, so all of them run at once, each with a server of its own.
describe.each(engines)('an identity provider that does not respond (%s)', { concurrent: true }, (engine) => {
  it.each<[Endpoint, (scene: LoginScene, organization: SceneOrganization) => Promise<PageAnswer>]>([
    ['discovery', async (scene, { slug }) => startAt(scene, slug)],
    ['token', async (scene, organization) => (await signIn(scene, { organization })).answer],
  ])('at its endpoint for %s: the wait ends', async (endpoint, act) => {
    const scene = await openLoginScene(engine);
    try {
      const organization = await scene.addOrganization();
      breakEndpoint(organization.idp, endpoint, 'hang');
      await expectRefusal(scene, 'idp_unreachable', () => act(scene, organization));
    } finally {
      await scene.close();
    }
  });
});

describe.each(engines)('a slow identity provider (%s)', { concurrent: true }, (engine) => {
  it.each<Endpoint>(['token', 'userinfo'])(
    'at its endpoint for %s: signs users in after six seconds',
    async (endpoint) => {
      const scene = await openLoginScene(engine);
      try {
        const organization = await scene.addOrganization({ config: { userinfo: 'always' } });
        const after = new Promise<void>((resolve) => void setTimeout(resolve, 6_500));
        breakEndpoint(organization.idp, endpoint, { after });
        const { browser } = await signIn(scene, { organization });
        expect(hasSession(browser)).toBe(true);
        const { steps } = await attemptRecords(scene).newest(organization);
        expect(steps.find(({ name }) => name === 'userinfo')?.outcome).toBe('passed');
      } finally {
        await scene.close();
      }
    },
  );
});

describe.each(engines)('faults of an identity provider (%s)', (engine) => {
  const scene = useLoginScene(engine);

  const start = (slug: string) => startAt(scene, slug);

  it.each([
    ['access_denied', 'idp_denied'],
    ['server_error', 'idp_error'],
  ])('error=%s at the callback is %s', async (error, code) => {
    const organization = await scene.addOrganization();
    organization.idp.mutate({
      callback: (parameters) => {
        parameters.delete('code');
        parameters.set('error', error);
        parameters.set('error_description', 'the user <b>said</b> no');
      },
    });
    const attempt = await expectRefusal(scene, code, () => signIn(scene, { organization }));
    expect(JSON.parse(attempt.details)).toMatchObject({ step: 'callback', error });
    expect(organization.idp.count('token')).toBe(0);
  });

  it('an error at the callback is not believed if another issuer sent it', async () => {
    const organization = await scene.addOrganization();
    organization.idp.mutate({
      callback: (parameters) => {
        parameters.delete('code');
        parameters.set('error', 'access_denied');
        parameters.set('iss', 'https://idp.evil.example');
      },
    });
    await expectRefusal(scene, 'idp_issuer_mismatch', () => signIn(scene, { organization }));
  });

  it.each<Endpoint>(['token', 'keys'])('the connection to %s is closed', async (endpoint) => {
    const organization = await scene.addOrganization();
    breakEndpoint(organization.idp, endpoint, 'close');
    await expectRefusal(scene, 'idp_unreachable', () => signIn(scene, { organization }));
  });

  it("the provider's port is closed", async () => {
    const organization = await scene.addOrganization();
    await organization.idp.close();
    await expectRefusal(scene, 'idp_unreachable', () => start(organization.slug));
  });

  it('a discovery document that is not JSON is rejected before the redirect', async () => {
    const organization = await scene.addOrganization();
    organization.idp.mutate({ reply: { discovery: (reply) => ({ ...reply, body: '<html>Welcome</html>' }) } });
    await expectRefusal(scene, 'idp_response_invalid', () => start(organization.slug));
  });

  it('a discovery document of another issuer is rejected before the redirect', async () => {
    const organization = await scene.addOrganization();
    organization.idp.mutate({ discovery: (document) => ({ ...document, issuer: 'https://idp.evil.example' }) });
    await expectRefusal(scene, 'idp_issuer_mismatch', () => start(organization.slug));
  });

  it('an endless discovery document is cut off', async () => {
    const organization = await scene.addOrganization();
    breakEndpoint(organization.idp, 'discovery', 'endless');
    await expectRefusal(scene, 'idp_response_invalid', () => start(organization.slug));
  });

  it('a redirect of the token endpoint is not followed', async () => {
    const organization = await scene.addOrganization();
    const elsewhere = await scene.addOrganization();
    organization.idp.mutate({
      reply: {
        token: (reply) => ({ ...reply, status: 307, headers: { location: `${elsewhere.idp.url}/token` } }),
      },
    });
    await expectRefusal(scene, 'idp_response_invalid', () => signIn(scene, { organization }));
    expect(elsewhere.idp.count('token')).toBe(0);
  });

  it('a private network address in the discovery document is not called', async () => {
    const organization = await scene.addOrganization();
    organization.idp.mutate({
      discovery: (document) => ({ ...document, token_endpoint: 'https://169.254.169.254/token' }),
    });
    await expectRefusal(scene, 'idp_address_refused', () => start(organization.slug));
  });

  it('an unknown client has an error code of its own', async () => {
    const organization = await scene.addOrganization({ config: { clientSecret: 'another secret' } });
    await expectRefusal(scene, 'idp_client_refused', () => signIn(scene, { organization }));
  });

  it.each([
    ['another audience', { aud: 'another client' }, 'id_token_invalid'],
    ['another issuer', { iss: 'https://idp.evil.example' }, 'id_token_invalid'],
    ['another nonce', { nonce: 'not the one that was sent' }, 'id_token_invalid'],
    ['a time long gone', { exp: 1, iat: 0 }, 'id_token_not_current'],
    ['no subject', { sub: '' }, 'subject_invalid'],
    ['an address with two domains', { email: 'alice@acme.example@evil.example' }, 'email_invalid'],
  ])('an ID token with %s is refused', async (_name, change, code) => {
    const organization = await scene.addOrganization();
    organization.idp.mutate({ idTokenClaims: (claims) => ({ ...claims, ...change }) });
    await expectRefusal(scene, code, () => signIn(scene, { organization }));
  });

  it('a missing e-mail address is refused', async () => {
    const organization = await scene.addOrganization({ idp: { claims: { sub: 'nobody' } } });
    await expectRefusal(scene, 'email_missing', () => signIn(scene, { organization }));
  });

  it('userinfo about another user is rejected', async () => {
    const organization = await scene.addOrganization();
    organization.idp.mutate({
      idTokenClaims: ({ email: _email, ...claims }) => claims,
      userinfo: (claims) => ({ ...claims, sub: 'subject-of-bob' }),
    });
    await expectRefusal(scene, 'userinfo_subject_mismatch', () => signIn(scene, { organization }));
  });

  it('a fault at one organization does not affect sign-ins at another', async () => {
    const broken = await scene.addOrganization();
    await broken.idp.close();
    const organization = await scene.addOrganization();
    await start(broken.slug);
    const { browser } = await signIn(scene, { organization });
    expect((await readToken(scene, browser)).organizationId).toBe(organization.id);
  });
});

import { describe, expect, it } from 'vitest';

import type { ConnectionOptions } from '../../src/contract/connection-options.ts';
import { openBrowser } from '../support/browser-client.ts';
import { engines } from '../support/databases.ts';
import type { Claims } from '../support/faulty-idp.ts';
import {
  type SceneOrganization,
  beginSignIn,
  expectRefusal,
  findAttempt,
  hasSession,
  readToken,
  signIn,
  useLoginScene,
} from '../support/login-scene.ts';

const alice = { sub: 'alice', email: 'alice@acme.example', given_name: 'Alice', family_name: 'Practice' };

describe.each(engines)("a connection's options in a sign-in (%s)", (engine) => {
  const scene = useLoginScene(engine);

  const addOrganization = async (
    options: Partial<ConnectionOptions>,
    { claims = alice, userinfo }: { claims?: Claims; userinfo?: Claims } = {},
  ): Promise<SceneOrganization> =>
    scene.addOrganization({
      idp: { claims, mutate: userinfo === undefined ? {} : { userinfo: () => ({ sub: claims['sub'], ...userinfo }) } },
      config: options,
    });
  const nowSeconds = () => Math.floor(scene.clock.nowMs() / 1000);

  /** The signed-in user, as they see themselves. */
  const personOf = async (organization: SceneOrganization) => {
    const { browser } = await signIn(scene, { organization });
    const { token } = await readToken(scene, browser);
    const { body } = await scene.server.call('/api/v2/users/me', { token });
    const { email, firstName, lastName } = body.user;
    return { email, firstName, lastName };
  };
  const getsIn = async (organization: SceneOrganization) => hasSession((await signIn(scene, { organization })).browser);

  describe('the authorization request', () => {
    const askedBy = async (options: Partial<ConnectionOptions>) => {
      const organization = await addOrganization(options);
      await beginSignIn(scene, { organization, browser: openBrowser() });
      const request = organization.idp.requests.find(({ endpoint }) => endpoint === 'authorization');
      return Object.fromEntries(request?.url.searchParams ?? []);
    };

    it('sends the configured scopes, prompt, max_age and acr_values', async () => {
      const options = {
        additionalScopes: ['groups', 'email', 'urn:zitadel:iam:org:project:roles'],
        prompt: 'login consent',
        maxAgeSeconds: 0,
        acrValues: ['urn:acme:mfa', 'urn:acme:hardware'],
      };
      expect(await askedBy(options)).toMatchObject({
        scope: 'openid profile email groups urn:zitadel:iam:org:project:roles',
        prompt: 'login consent',
        max_age: '0',
        acr_values: 'urn:acme:mfa urn:acme:hardware',
      });
    });

    it("adds no scope because of a claim's name", async () => {
      const { scope } = await askedBy({ groupsClaim: 'cognito:groups', emailClaims: ['upn'] });
      expect(scope).toBe('openid profile email');
    });
  });

  describe('the e-mail address', () => {
    it.each<[string, Claims, string[], string]>([
      ['the first claim that is there', { upn: 'upn@acme.example' }, ['email', 'upn'], 'upn@acme.example'],
      [
        'an earlier one before a later',
        { upn: 'upn@acme.example', email: 'm@acme.example' },
        ['upn', 'email'],
        'upn@acme.example',
      ],
      [
        'one with dots and slashes',
        { 'https://x/a.b': 'x@acme.example', https: {} },
        ['https://x/a.b'],
        'x@acme.example',
      ],
    ])('is that of %s', async (_what, claims, emailClaims, email) => {
      const organization = await addOrganization({ emailClaims }, { claims: { sub: 's', given_name: 'A', ...claims } });
      expect((await personOf(organization)).email).toBe(email);
    });

    it('uses the first claim that is present even if it is invalid', async () => {
      const claims = { ...alice, email: 'not an address', upn: 'boss@acme.example' };
      const organization = await addOrganization({ emailClaims: ['email', 'upn'] }, { claims });
      await expectRefusal(scene, 'email_invalid', () => signIn(scene, { organization }));
    });

    it('is missing if none of the configured claims is present, even if `email` is', async () => {
      const organization = await addOrganization({ emailClaims: ['upn', 'mail'] });
      const attempt = await expectRefusal(scene, 'email_missing', () => signIn(scene, { organization }));
      expect(JSON.parse(attempt.details)).toMatchObject({ claim: 'upn, mail' });
    });

    it('skips userinfo if the ID token has the configured claim, and reads it there otherwise', async () => {
      const has = await addOrganization({ emailClaims: ['upn'] }, { claims: { ...alice, upn: 'a@acme.example' } });
      await signIn(scene, { organization: has });
      expect(has.idp.count('userinfo')).toBe(0);
      const lacks = await addOrganization({ emailClaims: ['upn'] }, { userinfo: { upn: 'b@acme.example' } });
      expect((await personOf(lacks)).email).toBe('b@acme.example');
    });
  });

  it('reads names from the configured claims, and from the usual ones otherwise', async () => {
    const claims = { ...alice, name: 'Ann Other', 'https://acme.example/first.name': 'Anneliese', sn: 'Muster' };
    const options = { firstNameClaim: 'https://acme.example/first.name', lastNameClaim: 'sn' };
    expect(await personOf(await addOrganization(options, { claims }))).toMatchObject({
      firstName: 'Anneliese',
      lastName: 'Muster',
    });
    const absent = { firstNameClaim: 'nickname', lastNameClaim: 'family_name' };
    expect(await personOf(await addOrganization(absent, { claims: { ...alice, name: 'Ann Practice' } }))).toMatchObject(
      {
        firstName: 'Ann',
        lastName: 'Practice',
      },
    );
  });

  describe('groups', () => {
    const groupsOf = async (options: Partial<ConnectionOptions>, told: { claims?: Claims; userinfo?: Claims }) => {
      const organization = await scene.addOrganization({
        idp: {
          claims: { ...alice, ...told.claims },
          mutate: { userinfo: (claims) => ({ ...claims, ...told.userinfo }) },
        },
        config: { ...options, manageGroupMemberships: true },
      });
      const { token } = scene.boot;
      for (const name of ['Sales', 'Support', 'Kafé']) {
        await scene.server.call('/api/v1/groups', { token, json: { name, organizationId: organization.id } });
      }
      await signIn(scene, { organization });
      const { db } = scene.server.database;
      const rows = await db
        .selectFrom('group_memberships')
        .innerJoin('groups', 'groups.id', 'group_memberships.group_id')
        .select('groups.name')
        .where('group_memberships.organization_id', '=', organization.id)
        .orderBy('groups.name')
        .execute();
      return { names: rows.map(({ name }) => name), userinfoCalls: organization.idp.count('userinfo') };
    };

    it.each<[string, Partial<ConnectionOptions>, Claims, string[]]>([
      ['a claim with a colon', { groupsClaim: 'cognito:groups' }, { 'cognito:groups': ['Sales'] }, ['Sales']],
      [
        'a claim with slashes and dots',
        { groupsClaim: 'https://acme.com/roles' },
        { 'https://acme.com/roles': ['Sales'] },
        ['Sales'],
      ],
      ['no path', { groupsClaim: 'realm_access.roles' }, { realm_access: { roles: ['Sales'] } }, []],
      ['another claim alone', { groupsClaim: 'roles' }, { groups: ['Sales'], roles: ['Support'] }, ['Support']],
      [
        'delimited texts',
        { groupsFormat: 'delimited', groupsDelimiter: ';' },
        { groups: 'Sales; Support' },
        ['Sales', 'Support'],
      ],
      [
        'keys of an object',
        { groupsFormat: 'object-keys', groupsClaim: 'urn:zitadel:iam:org:project:roles' },
        { 'urn:zitadel:iam:org:project:roles': { Sales: { '1': 'acme' } } },
        ['Sales'],
      ],
      [
        'LDAP names',
        { groupsFormat: 'distinguished-names', groupsClaim: 'memberOf' },
        { memberOf: ['CN=Sales,OU=x,DC=acme', String.raw`CN=Kaf\C3\A9,DC=acme`] },
        ['Kafé', 'Sales'],
      ],
      ['names in another case', { groupNameMatching: 'case-insensitive' }, { groups: ['SALES'] }, ['Sales']],
      ['names in another case, exactly', {}, { groups: ['SALES'] }, []],
    ])('are read from %s', async (_what, options, claims, names) => {
      expect((await groupsOf(options, { claims })).names).toEqual(names);
    });

    it.each<[Partial<ConnectionOptions>, string[], number]>([
      [{}, ['Sales'], 0],
      [{ groupsSource: 'userinfo' }, ['Support'], 1],
      [{ groupsSource: 'id_token', userinfo: 'always' }, ['Sales'], 1],
    ])('come from the source that %j selects', async (options, names, userinfoCalls) => {
      const told = { claims: { groups: ['Sales'] }, userinfo: { groups: ['Support'] } };
      expect(await groupsOf(options, told)).toEqual({ names, userinfoCalls });
    });

    it.each<[Partial<ConnectionOptions>, string[], number]>([
      [{}, ['Support'], 1],
      [{ groupsSource: 'id_token' }, [], 0],
      [{ userinfo: 'never' }, [], 0],
    ])('that the ID token lacks, with %j', async (options, names, userinfoCalls) => {
      expect(await groupsOf(options, { userinfo: { groups: ['Support'] } })).toEqual({ names, userinfoCalls });
    });
  });

  describe('userinfo', () => {
    it('is always requested if configured, and its failure is harmless if the ID token suffices', async () => {
      const organization = await addOrganization({ userinfo: 'always' });
      expect([await getsIn(organization), organization.idp.count('userinfo')]).toEqual([true, 1]);
      organization.idp.mutate({ reply: { userinfo: (reply) => ({ ...reply, status: 500 }) } });
      expect([await getsIn(organization), organization.idp.count('userinfo')]).toEqual([true, 2]);
    });

    it('ends the sign-in if it describes another user', async () => {
      const organization = await addOrganization({ userinfo: 'always' });
      organization.idp.mutate({ userinfo: (claims) => ({ ...claims, sub: 'mallory' }) });
      await expectRefusal(scene, 'userinfo_subject_mismatch', () => signIn(scene, { organization }));
    });

    it('is never requested if configured so, even if the address is missing', async () => {
      const organization = await addOrganization({ userinfo: 'never' });
      organization.idp.mutate({ idTokenClaims: ({ email: _email, ...claims }) => claims });
      await expectRefusal(scene, 'email_missing', () => signIn(scene, { organization }));
      expect(organization.idp.count('userinfo')).toBe(0);
    });
  });

  it('rejects a further audience that the connection does not trust', async () => {
    const audiences = ({ idp }: SceneOrganization) => {
      idp.mutate({ idTokenClaims: (claims) => ({ ...claims, aud: [idp.clientId, 'project-7'], azp: idp.clientId }) });
    };
    const trusting = await addOrganization({ trustedAudiences: ['project-7'] });
    audiences(trusting);
    expect(await getsIn(trusting)).toBe(true);
    const strict = await addOrganization({ trustedAudiences: ['project-70'] });
    audiences(strict);
    await expectRefusal(scene, 'id_token_invalid', () => signIn(scene, { organization: strict }));
  });

  it('uses the clock tolerance of the connection', async () => {
    const lateBy = (seconds: number) => (claims: Claims) => ({ ...claims, exp: nowSeconds() - seconds });
    const lax = await addOrganization({ clockToleranceSeconds: 300 });
    lax.idp.mutate({ idTokenClaims: lateBy(299) });
    expect(await getsIn(lax)).toBe(true);
    const strict = await addOrganization({ clockToleranceSeconds: 0 });
    strict.idp.mutate({ idTokenClaims: lateBy(1) });
    await expectRefusal(scene, 'id_token_not_current', () => signIn(scene, { organization: strict }));
  });

  describe('a required claim', () => {
    const required = { hd: 'acme.com', is_employee: true };
    it('signs in a user who has it', async () => {
      expect(
        await getsIn(await addOrganization({ requiredClaims: required }, { claims: { ...alice, ...required } })),
      ).toBe(true);
    });

    it.each<[string, Claims, string]>([
      ['is absent', { is_employee: true }, 'absent'],
      ['has another value', { ...required, hd: 'evil.com' }, 'different'],
      ['has another case', { ...required, hd: 'ACME.com' }, 'different'],
      ['is a list that holds the value', { ...required, hd: ['acme.com'] }, 'different'],
      ['is a text for a boolean', { ...required, is_employee: 'true' }, 'different'],
      ['is null', { ...required, hd: null }, 'different'],
    ])('turns away whose %s, and does not say what it was', async (_what, claims, state) => {
      const organization = await addOrganization({ requiredClaims: required }, { claims: { ...alice, ...claims } });
      const attempt = await expectRefusal(scene, 'required_claim_missing', () => signIn(scene, { organization }));
      expect(JSON.parse(attempt.details)).toMatchObject({ check: 'required_claims', state });
      expect(attempt.details).not.toMatch(/evil|acme/i);
    });

    it('is read from the ID token only', async () => {
      const organization = await addOrganization({ requiredClaims: { hd: 'acme.com' }, userinfo: 'always' });
      organization.idp.mutate({ userinfo: (claims) => ({ ...claims, hd: 'acme.com' }) });
      await expectRefusal(scene, 'required_claim_missing', () => signIn(scene, { organization }));
    });
  });

  describe('H086: the authentication context (acr)', () => {
    const acrValues = ['urn:acme:mfa', 'urn:acme:hardware'];
    it('accepts one of the requested values', async () => {
      const claims = { ...alice, acr: 'urn:acme:hardware' };
      expect(await getsIn(await addOrganization({ acrValues }, { claims }))).toBe(true);
    });

    it.each<[string, Claims]>([
      ['missing', {}],
      ['weaker', { acr: 'urn:acme:pwd' }],
      ['a list of a good one', { acr: ['urn:acme:mfa'] }],
      ['both in one text', { acr: 'urn:acme:mfa urn:acme:hardware' }],
      ['an object', { acr: { value: 'urn:acme:mfa' } }],
      ['null', { acr: null }],
    ])('rejects %s', async (_what, claims) => {
      const organization = await addOrganization({ acrValues }, { claims: { ...alice, ...claims } });
      await expectRefusal(scene, 'authentication_too_weak', () => signIn(scene, { organization }));
    });
  });

  describe('H085: the age of the authentication at the provider', () => {
    it.each([
      ['now', () => nowSeconds()],
      ['as long as is allowed, and the clocks may differ', () => nowSeconds() - 3600 - 60],
      ['in a moment, by the provider’s clock', () => nowSeconds() + 60],
    ])('accepts %s', async (_what, authTime) => {
      const claims = { ...alice, auth_time: authTime() };
      expect(await getsIn(await addOrganization({ maxAgeSeconds: 3600 }, { claims }))).toBe(true);
    });

    it.each<[string, () => unknown, string]>([
      ['longer', () => nowSeconds() - 3661, 'authentication_too_old'],
      ['not said', () => undefined, 'id_token_invalid'],
      ['a text', () => String(nowSeconds()), 'id_token_invalid'],
      ['a date', () => new Date(scene.clock.nowMs()).toISOString(), 'id_token_invalid'],
      ['0', () => 0, 'id_token_invalid'],
      ['tomorrow', () => nowSeconds() + 86_400, 'authentication_too_old'],
    ])('%s turns away', async (_what, authTime, code) => {
      const organization = await addOrganization(
        { maxAgeSeconds: 3600 },
        { claims: { ...alice, auth_time: authTime() } },
      );
      await expectRefusal(scene, code, () => signIn(scene, { organization }));
    });

    it('counts from the start of the sign-in, so that a user who takes minutes is not rejected', async () => {
      const organization = await addOrganization({ maxAgeSeconds: 0 });
      organization.idp.setClaims({ ...alice, auth_time: nowSeconds() });
      const browser = openBrowser();
      const callback = await beginSignIn(scene, { organization, browser });
      scene.clock.advance(300_000);
      await browser.visit(callback);
      expect(hasSession(browser)).toBe(true);
    });
  });

  it('a sign-in must start again if its options change meanwhile', async () => {
    const organization = await addOrganization({});
    const browser = openBrowser();
    const callback = await beginSignIn(scene, { organization, browser });
    expect((await scene.changeConfig(organization, { requiredClaims: { hd: 'acme.com' } })).status).toBe(200);
    const { location } = await browser.visit(callback);
    const attempt = await findAttempt(scene, new URL(location).searchParams.get('attempt') ?? '');
    expect(attempt?.code).toBe('config_changed');
  });
});

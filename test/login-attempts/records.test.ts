import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import type { LoginAttempt } from '../../src/contract/login-attempts.ts';
import { addMember, addOrganization, withoutRequestId } from '../support/callers.ts';
import { openBrowser, type PageAnswer } from '../support/browser-client.ts';
import { engines } from '../support/databases.ts';
import type { FaultyIdp } from '../support/faulty-idp.ts';
import {
  beginSignIn,
  expectRefusal,
  type LoginScene,
  loginUrl,
  openLoginScene,
  type SceneOrganization,
  signIn,
  tamper,
} from '../support/login-scene.ts';

const listUrl = '/api/v1/sso/oidc/login-attempts';

const encoded = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');

describe.each(engines)('the record of a sign-in attempt (%s)', (engine) => {
  let scene: LoginScene;

  beforeAll(async () => {
    scene = await openLoginScene(engine, { SALLYPORT_VERIFIED_DOMAINS: 'acme.example:owner' });
  });
  afterAll(() => scene.close());

  const list = async (organization: SceneOrganization, query: Record<string, string> = {}) =>
    (
      await scene.server.call(
        `${listUrl}?${new URLSearchParams({ organizationId: organization.id, ...query }).toString()}`,
        { token: scene.boot.token },
      )
    ).body;

  const read = async (organization: SceneOrganization, id: string): Promise<LoginAttempt> => {
    const answer = await scene.server.call(`${listUrl}/${id}?organizationId=${organization.id}`, {
      token: scene.boot.token,
    });
    expect([answer.status, answer.text]).toEqual([200, answer.text]);
    return answer.body;
  };

  const newest = async (organization: SceneOrganization): Promise<LoginAttempt> =>
    read(organization, (await list(organization)).loginAttempts[0].id);

  const refused = async (
    organization: SceneOrganization,
    code: string,
    act: () => Promise<PageAnswer | { answer: PageAnswer }> = () => signIn(scene, { organization }),
  ): Promise<LoginAttempt> => read(organization, (await expectRefusal(scene, code, act)).id);

  const failed = ({ steps }: LoginAttempt) => steps.filter(({ outcome }) => outcome === 'failed');

  describe('of one that succeeds', () => {
    it('names the route, every check with what was expected and found, and the decisions', async () => {
      const organization = await scene.addOrganization({ config: { manageGroupMemberships: true } });
      const json = { name: 'Engineering', organizationId: organization.id };
      await scene.server.call('/api/v1/groups', { token: scene.boot.token, json });
      organization.idp.mutate({
        reply: {
          token: (reply) => {
            scene.clock.advance(700);
            return reply;
          },
        },
      });
      await signIn(scene, { organization });
      const attempt = await newest(organization);
      expect(attempt).toMatchObject({
        organizationId: organization.id,
        outcome: 'succeeded',
        code: null,
        message: null,
        durationMs: 700,
        email: 'alice@acme.example',
        ipAddress: '127.0.0.1',
        route: { by: 'organization', reason: 'The sign-in named this organization.', configRevision: 1 },
        provisioning: { decision: 'provisioned', changedFields: [] },
        groups: { isManaged: true, claim: 'present', named: 2, unmatched: 1, added: ['Engineering'], removed: [] },
        explanation: { whatHappened: 'The person signed in for the first time, and got an account.', whatToDo: null },
      });
      const facts = new Map(attempt.steps.map((step) => [step.name, step]));
      expect([...facts.keys()]).toEqual(
        [
          'discovery authorization_request attempt_cookie configuration callback_form state provider_document',
          'callback_iss keys token_request alg typ crit kid signature iss aud azp exp nbf iat auth_time nonce sub',
          'at_hash c_hash s_hash events acr userinfo email provisioning groups session',
        ].flatMap((line) => line.split(' ')),
      );
      const { issuer, clientId } = organization.idp;
      expect(facts.get('token_request')).toMatchObject({ outcome: 'passed', durationMs: 700 });
      expect(facts.get('alg')).toMatchObject({ outcome: 'passed', expected: 'ES256', found: 'ES256' });
      expect(facts.get('kid')).toMatchObject({ found: 'key-1' });
      expect(facts.get('iss')).toMatchObject({ outcome: 'passed', expected: issuer, found: issuer });
      expect(facts.get('aud')).toMatchObject({ expected: clientId, found: clientId });
      expect(facts.get('exp')?.found).toMatch(/^2026-11-24T08:/u);
      expect(facts.get('nonce')).toMatchObject({ outcome: 'passed', found: 'the same' });
      expect(facts.get('nbf')).toMatchObject({ outcome: 'skipped', found: 'none' });
      expect(facts.get('userinfo')).toMatchObject({ outcome: 'skipped', found: 'nothing is wanted from there' });
      expect(facts.get('email')?.found).toBe('claim email of the ID token, domain acme.example; email_verified: yes');
      organization.idp.mutate({ reply: {} });
    });

    it('tells a key that came with a rotation, and an address that came from userinfo', async () => {
      const organization = await scene.addOrganization();
      await signIn(scene, { organization });
      await organization.idp.rotateKeys();
      scene.clock.advance(6_000);
      organization.idp.mutate({ idTokenClaims: ({ email: _email, ...claims }) => claims });
      await signIn(scene, { organization });
      const { steps, provisioning } = await newest(organization);
      expect(steps.find(({ name }) => name === 'signature')?.found).toContain('since it was fetched anew');
      expect(steps.find(({ name }) => name === 'userinfo')?.found).toBe('the same subject; asked for an address');
      expect(steps.find(({ name }) => name === 'email')?.found).toContain('claim email of userinfo');
      expect(provisioning).toMatchObject({ decision: 'known' });
    });

    it('keeps the traces of sign-ins of one organization apart although they share a client', async () => {
      const organization = await scene.addOrganization();
      const people = ['one', 'two', 'three', 'four'];
      organization.idp.setClaims((request) => {
        const name = request.get('login_hint')?.split('@')[0];
        return { sub: name, email: `${name}@${name}.example`, given_name: 'A', family_name: 'B' };
      });
      await tamper(scene, (tx) =>
        tx
          .updateTable('oidc_configs')
          .set({ allowed_email_domains: '' })
          .where('organization_id', '=', organization.id)
          .execute(),
      );
      const callbacks = await Promise.all(
        people.map(async (name) => {
          const browser = openBrowser();
          const start = await browser.visit(loginUrl(scene, { orgSlug: organization.slug }));
          const url = new URL(start.location);
          url.searchParams.set('login_hint', `${name}@x`);
          return { browser, callback: (await browser.visit(url)).location };
        }),
      );
      await Promise.all(callbacks.map(({ browser, callback }) => browser.visit(callback)));
      const { loginAttempts } = await list(organization);
      expect(loginAttempts).toHaveLength(4);
      for (const { id, email } of loginAttempts) {
        const { steps } = await read(organization, id);
        const names = steps.map(({ name }) => name);
        expect(names).toEqual([...new Set(names)]);
        expect(names).toContain('signature');
        const domain = email.split('@')[1];
        expect(steps.find(({ name }) => name === 'email')?.found).toContain(`domain ${domain};`);
      }
    });
  });

  describe('of one that is refused', () => {
    type Faults = readonly [
      name: string,
      code: string,
      breakIt: (idp: FaultyIdp) => void,
      step: object,
      explained: RegExp,
    ];
    const faults: readonly Faults[] = [
      [
        'a token for another client',
        'id_token_invalid',
        (idp) => idp.mutate({ idTokenClaims: (claims) => ({ ...claims, aud: 'another-client' }) }),
        { name: 'aud', expected: 'sallyport-client', found: 'another-client' },
        /aud failed: expected sallyport-client, found another-client.*Store the client id/su,
      ],
      [
        'a token of another issuer',
        'id_token_invalid',
        (idp) => idp.mutate({ idTokenClaims: (claims) => ({ ...claims, iss: 'https://other.example' }) }),
        { name: 'iss', found: 'https://other.example' },
        /discoveryURL or issuer/u,
      ],
      [
        'an expired token',
        'id_token_not_current',
        (idp) => idp.mutate({ idTokenClaims: (claims) => ({ ...claims, exp: Number(claims['iat']) - 3600 }) }),
        {
          name: 'exp',
          expected: expect.stringContaining('after 2026-11-24T'),
          found: expect.stringMatching(/^2026-11-2/u),
        },
        /clocks/u,
      ],
      [
        'a token with another algorithm',
        'id_token_algorithm_mismatch',
        (idp) => idp.mutate({ sign: () => `${encoded({ alg: 'RS256' })}.${encoded({})}.c2ln` }),
        { name: 'alg', expected: 'ES256', found: 'RS256' },
        /signed with RS256, but ES256.*jwtSignatureAlgorithm to RS256/su,
      ],
      [
        'another nonce',
        'id_token_invalid',
        (idp) => idp.mutate({ idTokenClaims: (claims) => ({ ...claims, nonce: 'x'.repeat(43) }) }),
        { name: 'nonce', expected: 'the nonce of this attempt', found: 'a text of 43 characters' },
        /nonce/u,
      ],
      [
        'a forged signature',
        'id_token_signature_invalid',
        (idp) => idp.mutate({ idTokenHeader: { kid: 'nobody' } }),
        { name: 'signature' },
        /jwksUri/u,
      ],
      [
        'a wrong client secret',
        'idp_client_refused',
        (idp) =>
          idp.mutate({ reply: { token: (reply) => ({ ...reply, status: 401, body: '{"error":"invalid_client"}' }) } }),
        { name: 'token_request', found: 'invalid_client' },
        /client secret/u,
      ],
      [
        'a token endpoint that fails',
        'idp_unreachable',
        (idp) => idp.mutate({ reply: { token: (reply) => ({ ...reply, status: 503 }) } }),
        { name: 'token_request' },
        /status 503 at its token endpoint/u,
      ],
      [
        'an error of the provider',
        'idp_denied',
        (idp) =>
          idp.mutate({
            callback: (parameters) => {
              parameters.delete('code');
              parameters.set('error', 'access_denied');
            },
          }),
        { name: 'idp_answer', found: 'access_denied' },
        /./u,
      ],
      [
        'no address',
        'email_missing',
        (idp) => idp.setClaims({ sub: 'x', given_name: 'A', family_name: 'B' }),
        { name: 'email' },
        /claim email/u,
      ],
      [
        'a subject of nothing',
        'subject_invalid',
        (idp) => idp.mutate({ idTokenClaims: (claims) => ({ ...claims, sub: '   ' }) }),
        { name: 'sub', found: 'a text of 3 characters' },
        /Map sub/u,
      ],
      [
        'userinfo of somebody else',
        'userinfo_subject_mismatch',
        (idp) =>
          idp.mutate({
            idTokenClaims: ({ email: _email, ...claims }) => claims,
            userinfo: (claims) => ({ ...claims, sub: 'somebody-else' }),
          }),
        { name: 'userinfo' },
        /another subject/u,
      ],
      [
        'another issuer at the callback',
        'idp_issuer_mismatch',
        (idp) => idp.mutate({ callback: (parameters) => parameters.set('iss', 'https://evil.example') }),
        { name: 'callback_iss', found: 'https://evil.example' },
        /https:\/\/evil\.example/u,
      ],
    ];

    it.each(faults)('%s: %s, the failing step and what to do', async (_name, code, breakIt, step, explained) => {
      const organization = await scene.addOrganization();
      breakIt(organization.idp);
      const attempt = await refused(organization, code);
      expect(failed(attempt)).toMatchObject([step]);
      expect(attempt.steps.at(-1)).toMatchObject({ outcome: 'failed' });
      expect(`${attempt.explanation.whatHappened} ${attempt.explanation.whatToDo}`).toMatch(explained);
      expect(attempt).toMatchObject({ outcome: 'refused', code, userId: null, email: null });
      expect(attempt.message).toMatch(/^\S.*\.$/u);
    });

    it('a domain that is not allowed: the domain, and which field has to name it', async () => {
      const organization = await scene.addOrganization({ config: { allowedEmailDomains: 'acme.example' } });
      organization.idp.setClaims({ sub: 'x', email: 'mallory@evil.example', given_name: 'A', family_name: 'B' });
      const attempt = await refused(organization, 'email_domain_not_allowed');
      expect(failed(attempt)).toMatchObject([{ name: 'provisioning', found: 'evil.example' }]);
      expect(attempt.provisioning).toEqual({
        decision: 'refused',
        reason: expect.stringContaining('does not let that domain in'),
        changedFields: [],
      });
      expect(attempt.explanation.whatToDo).toContain('add evil.example to allowedEmailDomains');
      expect(JSON.stringify(attempt)).not.toContain('mallory');
    });

    it('a member who was switched off', async () => {
      const organization = await scene.addOrganization();
      await signIn(scene, { organization });
      await tamper(scene, (tx) =>
        tx.updateTable('memberships').set({ is_active: 0 }).where('organization_id', '=', organization.id).execute(),
      );
      const attempt = await refused(organization, 'member_inactive');
      expect(attempt.provisioning?.reason).toBe('The membership is switched off.');
      expect(attempt.explanation.whatToDo).toBe('Switch the membership on again.');
    });

    it('a configuration that changed in between', async () => {
      const organization = await scene.addOrganization();
      const browser = openBrowser();
      const callback = await beginSignIn(scene, { organization, browser });
      await scene.changeConfig(organization, { clientId: 'another' });
      const attempt = await refused(organization, 'config_changed', () => browser.visit(callback));
      expect(failed(attempt)).toMatchObject([{ name: 'configuration' }]);
    });

    it('a start that finds no provider, with the domain that named the organization', async () => {
      const organization = await scene.addOrganization({ slug: 'owner' });
      await organization.idp.close();
      const attempt = await refused(organization, 'idp_unreachable', () =>
        openBrowser().visit(loginUrl(scene, { email: 'alice@acme.example' })),
      );
      expect(attempt.route).toMatchObject({ by: 'email', configRevision: 1 });
      expect(attempt.steps).toMatchObject([{ name: 'discovery', outcome: 'failed' }]);
      expect(JSON.stringify(attempt)).not.toContain('alice@');
      await scene.deleteConfig(organization);
    });

    it('an error whose meaning the vendor has published', async () => {
      const organization = await scene.addOrganization();
      organization.idp.mutate({
        callback: (parameters) => {
          parameters.delete('code');
          parameters.set('error', 'invalid_scope');
          parameters.set('error_description', `no scope for alice@acme.example ${'t'.repeat(60)}`);
        },
      });
      const attempt = await refused(organization, 'idp_error');
      expect(attempt.explanation.whatHappened).toBe('The identity provider does not grant a scope that was asked for.');
      expect(JSON.stringify(attempt)).not.toContain('alice@');
    });
  });

  describe('is read', () => {
    it('by admins of its organization alone; whoever else asks is told that there is none', async () => {
      const organization = await scene.addOrganization();
      await signIn(scene, { organization });
      const { id } = await newest(organization);
      const other = await addOrganization(scene.server, scene.boot);
      const admin = await addMember(scene.server, scene.boot, { organizationId: other, role: 'admin' });
      const asAdmin = async (attemptId: string, organizationId = other) =>
        withoutRequestId(
          await scene.server.call(`${listUrl}/${attemptId}?organizationId=${organizationId}`, { token: admin.token }),
        );
      const unknown = await asAdmin(randomUUID());
      expect(unknown).toContain('login_attempt_not_found');
      for (const attemptId of [id, 'x', '%00', `${id}%00`, "'", id.toUpperCase()]) {
        expect(await asAdmin(attemptId)).toBe(unknown);
      }
      expect(await asAdmin(id, organization.id)).toBe(await asAdmin(randomUUID(), randomUUID()));
      const own = await scene.server.call(listUrl, { token: admin.token });
      expect(own.body).toEqual({ loginAttempts: [], totalCount: 0, omittedCount: 0 });
      const member = await addMember(scene.server, scene.boot, { organizationId: organization.id, role: 'member' });
      for (const url of [listUrl, `${listUrl}/${id}`]) {
        expect((await scene.server.call(url, { token: member.token })).status).toBe(403);
        expect((await scene.server.call(url)).status).toBe(401);
      }
    });

    it('in pages, newest first, by outcome, code, person and time', async () => {
      const organization = await scene.addOrganization({ config: { allowedEmailDomains: 'acme.example' } });
      await signIn(scene, { organization });
      scene.clock.advance(60_000);
      const middle = new Date(scene.clock.nowMs()).toISOString();
      organization.idp.setClaims({ sub: 'bob', email: 'bob@acme.example', given_name: 'B', family_name: 'B' });
      await signIn(scene, { organization });
      scene.clock.advance(60_000);
      organization.idp.setClaims({ sub: 'eve', email: 'eve@evil.example', given_name: 'E', family_name: 'E' });
      await signIn(scene, { organization });
      const shown = async (query: Record<string, string>) => {
        const { loginAttempts, totalCount } = await list(organization, query);
        return [totalCount, ...loginAttempts.map((each: LoginAttempt) => each.email ?? each.code)];
      };
      const all = ['email_domain_not_allowed', 'bob@acme.example', 'alice@acme.example'];
      expect(await shown({})).toEqual([3, ...all]);
      expect(await shown({ limit: '1', offset: '1' })).toEqual([3, all[1]]);
      expect(await shown({ outcome: 'succeeded' })).toEqual([2, all[1], all[2]]);
      expect(await shown({ outcome: 'refused' })).toEqual([1, all[0]]);
      expect(await shown({ outcome: 'started' })).toEqual([0]);
      expect(await shown({ code: 'email_domain_not_allowed' })).toEqual([1, all[0]]);
      expect(await shown({ code: 'idp_denied' })).toEqual([0]);
      expect(await shown({ code: 'idp_denied', outcome: 'succeeded' })).toEqual([0]);
      expect(await shown({ email: 'BOB@acme.example' })).toEqual([1, all[1]]);
      expect(await shown({ email: 'nobody@acme.example' })).toEqual([0]);
      expect(await shown({ email: 'no address' })).toEqual([0]);
      const { userId } = (await list(organization, { email: 'bob@acme.example' })).loginAttempts[0];
      expect(await shown({ userId })).toEqual([1, all[1]]);
      expect(await shown({ userId, email: 'alice@acme.example' })).toEqual([0]);
      expect(await shown({ userId: '\0' })).toEqual([0]);
      expect(await shown({ startDate: middle })).toEqual([2, all[0], all[1]]);
      expect(await shown({ endDate: middle })).toEqual([2, all[1], all[2]]);
      for (const query of [{ startDate: 'yesterday-ish' }, { limit: '101' }, { outcome: 'lost' }, { code: 'a\0b' }]) {
        expect((await list(organization, query)).code).toBe('validation_failed');
      }
    });
  });
});

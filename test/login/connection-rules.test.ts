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
import { configUrl, storedConfig } from '../support/oidc-config-body.ts';

const alice = { sub: 'subject-of-alice', email: 'alice@acme.test', given_name: 'Alice', family_name: 'Practice' };

/** Rules that admins of real deployments have asked for, each with the claims that their providers send. */
describe.each(engines)("an admin's rules for a connection (%s)", (engine) => {
  const scene = useLoginScene(engine);

  const addOrganization = (
    config: Partial<ConnectionOptions> & { manageGroupMemberships?: boolean },
    claims: Claims = {},
  ) => scene.addOrganization({ config, idp: { claims: { ...alice, ...claims } } });
  const getsIn = async (organization: SceneOrganization) => hasSession((await signIn(scene, { organization })).browser);
  const explanationOf = async ({ id }: SceneOrganization, attemptId: string) => {
    const url = `/api/v1/sso/oidc/login-attempts/${attemptId}?organizationId=${id}`;
    return (await scene.server.call(url, { token: scene.boot.token })).body.explanation;
  };
  const me = async (organization: SceneOrganization) => {
    const { browser } = await signIn(scene, { organization });
    const { token } = await readToken(scene, browser);
    return (await scene.server.call('/api/v2/users/me', { token })).body.user;
  };

  describe('groups', () => {
    const groupsAfter = async (config: Partial<ConnectionOptions>, claims: Claims) => {
      const organization = await addOrganization({ manageGroupMemberships: true, ...config }, claims);
      for (const name of ['dev', 'ops', 'All Users, EMEA']) {
        const json = { name, organizationId: organization.id };
        expect((await scene.server.call('/api/v1/groups', { token: scene.boot.token, json })).status).toBe(200);
      }
      expect(await getsIn(organization)).toBe(true);
      const rows = await scene.server.database.db
        .selectFrom('group_memberships')
        .innerJoin('groups', 'groups.id', 'group_memberships.group_id')
        .select('groups.name')
        .where('group_memberships.organization_id', '=', organization.id)
        .execute();
      return rows.map(({ name }) => name).toSorted();
    };
    const nested = { resource_access: { sallyport: { roles: ['dev'] } } };
    const literal = { 'resource_access.sallyport.roles': ['ops'] };
    const path = ['resource_access', 'sallyport', 'roles'];

    it.each<[string, Partial<ConnectionOptions>, Claims, string[]]>([
      ['a path leads to', { groupsClaim: path }, { ...nested, ...literal }, ['dev']],
      ['a literal name with dots leads to', { groupsClaim: path.join('.') }, { ...nested, ...literal }, ['ops']],
      [
        'a path leads to, in another format',
        { groupsClaim: ['a', 'b'], groupsFormat: 'object-keys' },
        { a: { b: { dev: {} } } },
        ['dev'],
      ],
      [
        'Cognito writes in brackets',
        { groupsClaim: 'custom:groups', groupsFormat: 'bracketed' },
        { 'custom:groups': '[dev, ops]' },
        ['dev', 'ops'],
      ],
      [
        'Cognito writes in brackets, encoded',
        { groupsFormat: 'bracketed' },
        { groups: '[All+Users%2C+EMEA, dev]' },
        ['All Users, EMEA', 'dev'],
      ],
      [
        'Cognito writes without brackets, as the only one',
        { groupsFormat: 'bracketed' },
        { groups: 'All Users, EMEA' },
        ['All Users, EMEA'],
      ],
      [
        'a JSON text holds',
        { groupsClaim: 'custom:groups', groupsFormat: 'json' },
        { 'custom:groups': '["dev","ops"]' },
        ['dev', 'ops'],
      ],
      ['a JSON text in a list of one holds', { groupsFormat: 'json' }, { groups: ['["dev"]'] }, ['dev']],
    ])('are those that %s', async (_what, config, claims, expected) => {
      expect(await groupsAfter(config, claims)).toEqual(expected);
    });
  });

  describe('the e-mail address', () => {
    it.each<[string, Partial<ConnectionOptions>, Claims]>([
      ['in a list of one', { emailClaims: ['emails'] }, { emails: ['work@acme.test'] }],
      ['in a list of one under the usual name', {}, { email: ['work@acme.test'] }],
      ['after an empty list', { emailClaims: ['emails', 'upn'] }, { emails: [], upn: 'work@acme.test' }],
      ['at a path', { emailClaims: [['contact', 'work']] }, { contact: { work: 'work@acme.test' } }],
      ['at a path in a list of one', { emailClaims: [['contact', 'work']] }, { contact: { work: ['work@acme.test'] } }],
    ])('%s is that address', async (_what, config, claims) => {
      expect((await me(await addOrganization(config, claims))).email).toBe('work@acme.test');
    });

    it('in a list of several values is invalid, and the explanation names the claim', async () => {
      const emails = ['a@acme.test', 'b@acme.test'];
      const organization = await addOrganization({ emailClaims: ['emails'] }, { emails });
      const attempt = await expectRefusal(scene, 'email_invalid', () => signIn(scene, { organization }));
      expect(JSON.parse(attempt.details)).toMatchObject({ claim: 'emails', reason: 'several_values' });
      const { whatHappened, whatToDo } = await explanationOf(organization, attempt.id);
      expect(whatHappened).toMatch(/claim emails holds .*several values/);
      expect(whatToDo).toContain('emails');
    });

    it('that is missing at a path is explained with the path', async () => {
      const organization = await addOrganization({ emailClaims: [['contact', 'work']] });
      const attempt = await expectRefusal(scene, 'email_missing', () => signIn(scene, { organization }));
      expect((await explanationOf(organization, attempt.id)).whatHappened).toContain('["contact","work"]');
    });

    it('address and names may be nested, and a list of one name counts as a name', async () => {
      const config = { firstNameClaim: ['person', 'first'], lastNameClaim: ['person', 'last'] };
      const person = { first: 'Ann', last: ['Other'] };
      expect(await me(await addOrganization(config, { person }))).toMatchObject({
        firstName: 'Ann',
        lastName: 'Other',
      });
    });
  });

  describe('the requested scopes', () => {
    const requestOf = async (config: Partial<ConnectionOptions>) => {
      const organization = await addOrganization(config);
      await beginSignIn(scene, { organization, browser: openBrowser() });
      const request = organization.idp.requests.find(({ endpoint }) => endpoint === 'authorization');
      return request?.url.searchParams ?? new URLSearchParams();
    };

    it.each([
      [['openid', 'email'], 'openid email'],
      [['email'], 'openid email'],
      [['openid'], 'openid'],
      [['groups', 'openid'], 'openid groups'],
    ])('%j are requested exactly, with openid', async (scopes, expected) => {
      expect((await requestOf({ scopes })).get('scope')).toBe(expected);
    });

    it('that the provider rejects are explained with the option that sets them', async () => {
      const organization = await addOrganization({});
      organization.idp.mutate({
        callback: (parameters) => {
          parameters.delete('code');
          parameters.set('error', 'invalid_scope');
        },
      });
      const attempt = await expectRefusal(scene, 'idp_error', () => signIn(scene, { organization }));
      const { whatToDo } = await explanationOf(organization, attempt.id);
      expect(whatToDo).toContain('`scopes`');
      expect(whatToDo).not.toContain('additionalScopes');
    });

    it('are sent together with the fixed request parameters, which are unchanged', async () => {
      const authorizationParameters = { kc_idp_hint: 'corp', domain_hint: 'acme.test & co', ui_locales: 'de' };
      const request = await requestOf({ authorizationParameters });
      expect(Object.fromEntries(request)).toMatchObject({ ...authorizationParameters, response_type: 'code' });
      expect([...request.keys()].length).toBe(new Set(request.keys()).size);
    });
  });

  describe('a required claim', () => {
    const staff = { groups: { contains: 'sallyport-users' } };
    const domains = { hd: { oneOf: ['acme.test', 'acme-labs.test'] } };
    const role = { resource_access: { path: ['sallyport', 'roles'], containsOneOf: ['user', 'admin'] } };

    it.each<[ConnectionOptions['requiredClaims'], Claims]>([
      [staff, { groups: ['everybody', 'sallyport-users'] }],
      [staff, { groups: 'sallyport-users' }],
      [{ amr: { contains: 'mfa' } }, { amr: ['pwd', 'mfa'] }],
      [domains, { hd: 'acme.test' }],
      [domains, { hd: 'acme-labs.test' }],
      [role, { resource_access: { sallyport: { roles: ['admin'] } } }],
      [{ address: { path: ['country'], equals: 'DE' } }, { address: { country: 'DE' } }],
      [{ groups: { containsAll: ['a', 'b'] } }, { groups: ['b', 'c', 'a'] }],
      [{ staff: { equals: true } }, { staff: true }],
      [
        { hd: 'acme.test', is_staff: true },
        { hd: 'acme.test', is_staff: true },
      ],
    ])('%j lets in %j', async (requiredClaims, claims) => {
      expect(await getsIn(await addOrganization({ requiredClaims }, claims))).toBe(true);
    });

    it.each<[ConnectionOptions['requiredClaims'], Claims, object]>([
      [
        staff,
        { groups: ['everybody'] },
        { state: 'different', expected: { code: 'contains_required_value' }, found: { code: 'list', count: 1 } },
      ],
      [staff, {}, { state: 'absent', found: { code: 'none' } }],
      [domains, { hd: 'other.test' }, { state: 'different', expected: { code: 'one_of', count: 2 } }],
      [
        role,
        { resource_access: { sallyport: {} } },
        { state: 'absent', claim: '["resource_access","sallyport","roles"]' },
      ],
      [role, { resource_access: 'admin' }, { state: 'different', found: { code: 'no_object_on_path' } }],
    ])('%j turns away %j, and the record says what was expected', async (requiredClaims, claims, facts) => {
      const organization = await addOrganization({ requiredClaims }, claims);
      const attempt = await expectRefusal(scene, 'required_claim_missing', () => signIn(scene, { organization }));
      expect(JSON.parse(attempt.details)).toMatchObject(facts);
      expect(attempt.details).not.toMatch(/other\.test|everybody/);
      expect((await explanationOf(organization, attempt.id)).whatHappened).toContain('expected');
    });
  });

  describe('a public client', () => {
    const post = async (change: object) => {
      const { id } = await scene.addOrganization();
      await scene.server.call(`${configUrl}?organizationId=${id}`, { method: 'DELETE', token: scene.boot.token });
      const place = { configurationType: 'discoveryURL', discoveryURL: 'https://idp.acme.example', clientId: 'c' };
      const json = { organizationId: id, isActive: true, ...place, ...change };
      return { id, answer: await scene.server.call(configUrl, { token: scene.boot.token, json }) };
    };

    it('is stored without a secret, with a warning', async () => {
      const { id, answer } = await post({ tokenEndpointAuthMethod: 'none' });
      expect(answer.status).toBe(200);
      const url = `${configUrl}/options?organizationId=${id}`;
      const { warnings } = (await scene.server.call(url, { token: scene.boot.token })).body;
      expect(warnings).toEqual([expect.objectContaining({ code: 'client_public', path: 'tokenEndpointAuthMethod' })]);
    });

    it('must be requested explicitly: a missing secret is otherwise an error', async () => {
      const { answer } = await post({});
      expect([answer.status, answer.body.details]).toEqual([
        422,
        [{ path: 'clientSecret', code: 'required', message: 'is required' }],
      ]);
    });

    it('sends its client_id in the form, and neither a secret nor a header', async () => {
      const organization = await scene.addOrganization({
        config: { tokenEndpointAuthMethod: 'none' },
        idp: { claims: alice },
      });
      await signIn(scene, { organization });
      const sent = organization.idp.requests.findLast(({ endpoint }) => endpoint === 'token');
      expect(sent?.headers['authorization']).toBeUndefined();
      expect(sent?.body.get('client_id')).toBe(organization.idp.clientId);
      expect(sent?.body.has('code_verifier')).toBe(true);
      expect([...(sent?.body.keys() ?? [])].filter((name) => /secret|assertion/.test(name))).toEqual([]);
    });

    it('that the provider rejects is explained: register a public client there, or enter a secret', async () => {
      const organization = await addOrganization({ tokenEndpointAuthMethod: 'none' });
      const attempt = await expectRefusal(scene, 'idp_client_refused', () => signIn(scene, { organization }));
      const { whatHappened, whatToDo } = await explanationOf(organization, attempt.id);
      expect(`${whatHappened} ${whatToDo}`).toContain('public client');
      expect(whatToDo).not.toContain('new client secret');
      expect((await findAttempt(scene, attempt.id))?.details).toContain('none');
    });

    it('has no stored secret and needs one to become confidential', async () => {
      const organization = await addOrganization({});
      const sealed = async () => (await storedConfig(scene.server, organization.id))?.sealed_client_secret;
      expect(await sealed()).not.toBe('');
      const change = { tokenEndpointAuthMethod: 'none', clientSecret: 'one that nothing would use' } as const;
      expect((await scene.changeConfig(organization, change)).status).toBe(200);
      expect(await sealed()).toBe('');
      for (const tokenEndpointAuthMethod of ['automatic', 'client_secret_post', 'client_secret_jwt'] as const) {
        const back = await scene.changeConfig(organization, { tokenEndpointAuthMethod, clientSecret: '********' });
        expect([back.status, back.body.details[0].path]).toEqual([422, 'clientSecret']);
      }
      const secret = { tokenEndpointAuthMethod: 'automatic', clientSecret: organization.idp.clientSecret } as const;
      expect((await scene.changeConfig(organization, secret)).status).toBe(200);
      expect(await getsIn(organization)).toBe(true);
    });
  });
});

import { describe, expect, it } from 'vitest';

import type { GroupsClaim } from '../../src/oidc/identity/groups-claim.ts';
import { type ClaimsFixture, clientOf, loadClaimsFixtures } from '../support/claims-fixtures.ts';
import { engines } from '../support/databases.ts';
import { jsonReply } from '../support/faulty-idp-replies.ts';
import type { FaultyIdpOptions, Mutations } from '../support/faulty-idp.ts';
import {
  type LoginScene,
  type SceneOrganization,
  expectRefusal,
  findAttempt,
  signIn,
  useLoginScene,
} from '../support/login-scene.ts';

// Every fixture on one engine, and the most common vendors on both.
const everywhere = ['entra-id', 'google-workspace', 'okta', 'keycloak', 'cognito', 'zitadel'];
const fixtures = loadClaimsFixtures();

describe.each(engines)("a member whose organization uses a vendor's provider (%s)", (engine) => {
  const scene = useLoginScene(engine);

  const chosen = fixtures.filter(({ name }) => engine === 'sqlite' || everywhere.includes(name.split('/')[0] ?? ''));

  it.each(chosen.map((fixture) => [fixture.name, fixture] as const))('%s', async (_name, fixture) => {
    const organization = await addOrganization(scene, fixture);
    const { expected } = fixture;
    if ('refusal' in expected) {
      const { details } = await expectRefusal(scene, expected.refusal, async () => signIn(scene, { organization }));
      if (expected.check !== undefined) expect(JSON.parse(details)).toMatchObject({ check: expected.check });
      return;
    }
    const { answer } = await signIn(scene, { organization });
    const attempt = await findAttempt(scene, new URL(answer.location).searchParams.get('attempt') ?? '');
    expect({ location: answer.location, code: attempt?.code }).toEqual({
      location: `${scene.server.url}/login/select-organization`,
      code: undefined,
    });
    const { subject, email, firstName, lastName, groups } = expected.identity;
    expect(await memberOf(scene, organization)).toEqual({
      issuer: fixture.discovery.issuer,
      subject,
      email,
      first_name: firstName,
      last_name: lastName,
      groups: fixture.managesGroups ? namesOf(groups).toSorted() : [],
    });
    expect(organization.idp.count('userinfo')).toBe(expected.asksUserinfo ? 1 : 0);
  });
});

/** An organization whose provider sends the fixture from the endpoints of that vendor. */
async function addOrganization(scene: LoginScene, fixture: ClaimsFixture): Promise<SceneOrganization> {
  const { discovery, managesGroups, options = {}, expected } = fixture;
  const organization = await scene.addOrganization({
    idp: providerOf(fixture),
    isCustom: true,
    config: { ...options, issuer: discovery.issuer, manageGroupMemberships: managesGroups },
  });
  const names = 'refusal' in expected ? [] : namesOf(expected.identity.groups);
  for (const name of [...names, 'A group without members']) {
    const json = { name, organizationId: organization.id };
    const { status, text } = await scene.server.call('/api/v1/groups', { token: scene.boot.token, json });
    if (status !== 200) throw new Error(text);
  }
  return organization;
}

function providerOf(fixture: ClaimsFixture): FaultyIdpOptions {
  const { discovery, idToken, userinfo } = fixture;
  const pathOf = (endpoint: string) => new URL(endpoint).pathname;
  const mutate: Mutations = {
    // Few vendors send `iss` in the authorization response (RFC 9207).
    callback: (parameters) => parameters.delete('iss'),
    idTokenClaims: ({ nonce, iat, exp }) => ({ ...idToken, nonce, iat, exp }),
    ...(userinfo === undefined
      ? { reply: { userinfo: () => jsonReply({ error: 'invalid_token' }, 401) } }
      : { userinfo: () => userinfo }),
  };
  return {
    clientId: clientOf(fixture),
    paths: {
      authorization: pathOf(discovery.authorization_endpoint),
      token: pathOf(discovery.token_endpoint),
      keys: pathOf(discovery.jwks_uri),
      userinfo: pathOf(discovery.userinfo_endpoint),
    },
    mutate,
  };
}

async function memberOf({ server }: LoginScene, { id }: SceneOrganization) {
  const { db } = server.database;
  const member = await db
    .selectFrom('user_identities')
    .innerJoin('users', 'users.id', 'user_identities.user_id')
    .select(['issuer', 'subject', 'email', 'first_name', 'last_name', 'users.id as userId'])
    .where('organization_id', '=', id)
    .executeTakeFirstOrThrow();
  const groups = await db
    .selectFrom('group_memberships')
    .innerJoin('groups', 'groups.id', 'group_memberships.group_id')
    .select('groups.name')
    .where('group_memberships.user_id', '=', member.userId)
    .execute();
  const { userId: _userId, ...facts } = member;
  return { ...facts, groups: groups.map(({ name }) => name).toSorted() };
}

// A path with a leading slash also matches a group without it.
function namesOf(groups: GroupsClaim): readonly string[] {
  return groups.state === 'present' ? groups.names.map((name) => name.replace(/^\//, '')) : [];
}

import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { addMachine, addMember, addPerson, type Machine, type Person } from '../support/callers.ts';
import { engines } from '../support/databases.ts';
import { beforeItsEnd, holdTransactions } from '../support/held-transactions.ts';
import { type LoginScene, openLoginScene, type SceneOrganization } from '../support/login-scene.ts';
import type { Answer, CallOptions } from '../support/server.ts';

/** An admin who acts, where, and what they need for it. */
interface Actors {
  readonly organization: SceneOrganization;
  readonly admin: Person & { readonly membershipId: string };
  readonly machine: Machine;
}

type Request = readonly [path: string, options: CallOptions];

const identityUrl = ({ machine }: Actors) => `/api/v1/auth/universal-auth/identities/${machine.identityId}`;

const acts: readonly (readonly [title: string, request: (actors: Actors) => Request])[] = [
  [
    'the settings of the organization',
    ({ organization: { id } }) => [
      `/api/v1/organization/${id}`,
      { method: 'PATCH', json: { defaultMembershipRoleSlug: 'admin' } },
    ],
  ],
  [
    'a machine identity',
    ({ organization: { id } }) => ['/api/v1/identities', { json: { name: 'kept', organizationId: id, role: 'admin' } }],
  ],
  [
    'a role of a machine identity',
    ({ machine: { identityId } }) => [`/api/v1/identities/${identityId}`, { method: 'PATCH', json: { role: 'admin' } }],
  ],
  ['a client secret', (actors) => [`${identityUrl(actors)}/client-secrets`, { json: {} }]],
  [
    'the trusted addresses of a machine identity',
    (actors) => [identityUrl(actors), { method: 'PATCH', json: { accessTokenTTL: 60 } }],
  ],
  [
    'the connection',
    ({ organization: { id } }) => [
      '/api/v1/sso/oidc/config',
      { method: 'PATCH', json: { organizationId: id, allowedEmailDomains: 'evil.example' } },
    ],
  ],
  [
    'the connection, with a key that takes time to make',
    ({ organization: { id } }) => [
      '/api/v1/sso/oidc/config',
      { method: 'PATCH', json: { organizationId: id, tokenEndpointAuthMethod: 'private_key_jwt' } },
    ],
  ],
  [
    'the removal of the connection',
    ({ organization: { id } }) => [`/api/v1/sso/oidc/config?organizationId=${id}`, { method: 'DELETE' }],
  ],
  ['an e-mail domain', () => ['/api/v1/email-domains', { json: { domain: 'claimed.example' } }]],
  [
    'an invitation',
    ({ organization: { id } }) => [`/api/v1/organization/${id}/invitations`, { json: { email: 'new@acme.example' } }],
  ],
  ['a group', ({ organization: { id } }) => ['/api/v1/groups', { json: { name: 'Mine', organizationId: id } }]],
  ['break-glass codes', ({ organization: { id } }) => [`/api/v1/organization/${id}/break-glass-codes`, { json: {} }]],
  [
    'the end of all sessions',
    ({ organization: { id } }) => [`/api/v1/organization/${id}/sessions?everyone=true`, { method: 'DELETE' }],
  ],
];

const takeAways: readonly (readonly [title: string, event: string, request: (actors: Actors) => Request])[] = [
  [
    'the removal of the sender',
    'membership-delete',
    ({ organization: { id }, admin: { membershipId } }) => [
      `/api/v2/organizations/${id}/memberships/${membershipId}`,
      { method: 'DELETE' },
    ],
  ],
  [
    'the demotion of the sender',
    'membership-update',
    ({ organization: { id }, admin: { membershipId } }) => [
      `/api/v2/organizations/${id}/memberships/${membershipId}`,
      { method: 'PATCH', json: { role: 'member' } },
    ],
  ],
  [
    'the end of the sender’s sessions',
    'organization-sessions-end',
    ({ organization: { id }, admin: { userId } }) => [
      `/api/v1/organization/${id}/sessions?userId=${userId}`,
      { method: 'DELETE' },
    ],
  ],
];

describe.each(engines)('a right that ends while it is used (%s)', (engine) => {
  const holder = holdTransactions();
  let scene: LoginScene;
  let organization: SceneOrganization;
  let machine: Machine;

  beforeAll(async () => {
    const settings = { SALLYPORT_ORGANIZATION_CREATION: 'anyone' };
    scene = await openLoginScene(engine, settings, { standBefore: holder.standBefore });
    organization = await scene.addOrganization();
    await addPerson(scene.server, scene.boot, { organizationId: organization.id, role: 'admin' });
    machine = await addMachine(scene.server, scene.boot, { organizationId: organization.id, role: 'no-access' });
  });
  afterAll(() => scene.close());

  async function newActors(): Promise<Actors> {
    const member = await addMember(scene.server, scene.boot, { organizationId: organization.id, role: 'admin' });
    const { id: membershipId } = await scene.server.database.db
      .selectFrom('memberships')
      .select('id')
      .where('user_id', '=', member.userId)
      .executeTakeFirstOrThrow();
    return { organization, machine, admin: { ...member, membershipId } };
  }

  async function lastEvent(): Promise<string | undefined> {
    const query = scene.server.database.db.selectFrom('audit_events').select('event_type');
    const row = await query
      .where('organization_id', '=', organization.id)
      .orderBy('sequence', 'desc')
      .limit(1)
      .executeTakeFirst();
    return row?.event_type;
  }

  /** Takes the right away, has the sender act just before that is committed, and returns the answer of the act. */
  async function actDuring(actors: Actors, act: Request, takeAway: Request): Promise<Answer> {
    const held = holder.hold(beforeItsEnd);
    const taken = scene.server.call(takeAway[0], { token: scene.boot.token, ...takeAway[1] });
    await Promise.race([held.reached, taken]);
    const acted = scene.server.call(act[0], { token: actors.admin.token, ...act[1] });
    await holder.untilAnsweredOrWaiting(acted);
    held.release();
    expect((await taken).status).toBe(200);
    return acted;
  }

  it.each(acts)('H330: writes nothing after its caller was removed: %s', async (_title, request) => {
    const actors = await newActors();
    const [, event, removal] = takeAways[0] ?? [];
    if (removal === undefined) throw new Error('there is a removal');
    const answer = await actDuring(actors, request(actors), removal(actors));
    expect({ status: answer.status, isRefused: [403, 404].includes(answer.status), last: await lastEvent() }).toEqual({
      status: answer.status,
      isRefused: true,
      last: event,
    });
  });

  it.each(takeAways)('H330: changes no settings after %s', async (_title, event, takeAway) => {
    const actors = await newActors();
    const [, settings] = acts[0] ?? [];
    if (settings === undefined) throw new Error('settings are changed first of all');
    const answer = await actDuring(actors, settings(actors), takeAway(actors));
    expect([403, 404]).toContain(answer.status);
    expect(await lastEvent()).toBe(event);
  });

  it('H330: creates no organization for a session that its owner has ended', async () => {
    const { looseToken: token } = await addMember(scene.server, scene.boot, {
      organizationId: organization.id,
      role: 'member',
    });
    const held = holder.hold(beforeItsEnd);
    const ended = scene.server.call('/api/v2/users/me/sessions', { method: 'DELETE', token });
    await Promise.race([held.reached, ended]);
    const name = `Kept ${randomUUID()}`;
    const created = scene.server.call('/api/v2/organizations', { token, json: { name } });
    await holder.untilAnsweredOrWaiting(created);
    held.release();
    expect([(await ended).status, (await created).body.error]).toEqual([200, 'TokenError']);
    const organizations = scene.server.database.db.selectFrom('organizations').select('id').where('name', '=', name);
    expect(await organizations.execute()).toEqual([]);
  });
});

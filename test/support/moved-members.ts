import { randomUUID } from 'node:crypto';

import { decodeJwt } from 'jose';
import { expect } from 'vitest';

import { someTime } from '../storage/rows.ts';
import {
  expectRefusal,
  hasSession,
  type LoginScene,
  readToken,
  type SceneOrganization,
  signIn,
  tamper,
} from './login-scene.ts';
import type { Answer } from './server.ts';

/** The claims of a user at an identity provider. */
export type Claims = Readonly<Record<string, unknown>>;

/** An organization that has moved to another identity provider, and its members. */
export type Moved = Awaited<ReturnType<ReturnType<typeof movedMembers>['openMoved']>>;

/** The set-up of tests about members whose identity provider has changed. */
export function movedMembers(scene: () => LoginScene) {
  /** An organization that owns a domain and has moved to a new provider; Alice and Bob had signed in at the old one. */
  async function openMoved() {
    const organization = await scene().addOrganization();
    const domain = `${randomUUID()}.example`;
    await own(organization.id, domain);
    const alice = { sub: '1', email: `alice@${domain}` };
    const bob = { sub: '2', email: `bob@${domain}` };
    const before = { alice: await enter(organization, alice), bob: await enter(organization, bob) };
    const { idp } = await scene().addOrganization();
    const { discoveryUrl: discoveryURL, clientSecret } = idp;
    expect((await scene().changeConfig(organization, { discoveryURL, clientSecret })).status).toBe(200);
    const moved = { ...organization, idp };
    const newAlice = { sub: 'new-1', email: alice.email };
    return { domain, alice, newAlice, bob, before, organization: moved, old: organization };
  }

  async function own(organizationId: string, domain: string): Promise<void> {
    const unused = { code_expires_at: null, last_seen_at: null, last_checked_at: null, grace_ends_at: null };
    const times = { verified_at: someTime, next_check_at: null, created_at: someTime, updated_at: someTime };
    const row = { id: randomUUID(), organization_id: organizationId, domain, record_name: 'x', record_value: 'y' };
    await tamper(scene(), (tx) =>
      tx
        .insertInto('email_domains')
        .values({ ...row, status: 'verified', revision: 0, ...unused, ...times })
        .execute(),
    );
  }

  async function enter(organization: SceneOrganization, claims: Claims): Promise<{ userId: string; token: string }> {
    organization.idp.setClaims(claims);
    const { browser, answer } = await signIn(scene(), { organization });
    if (!hasSession(browser)) throw new Error(`no session: ${answer.location}`);
    const { token } = await readToken(scene(), browser);
    return { userId: decodeJwt(token).sub ?? '', token };
  }

  async function expectShutOut(organization: SceneOrganization, claims: Claims, code = 'account_link_required') {
    organization.idp.setClaims(claims);
    return expectRefusal(scene(), code, async () => signIn(scene(), { organization }));
  }

  const url = ({ id }: { id: string }) => `/api/v2/organizations/${id}/relink-permissions`;
  async function allow(
    organization: { id: string },
    json: Readonly<Record<string, unknown>>,
    token = scene().boot.token,
  ): Promise<Answer> {
    return scene().server.call(url(organization), { token, json });
  }

  async function membershipOf({ id }: { id: string }, userId: string): Promise<string> {
    const { db } = scene().server.database;
    const rows = db.selectFrom('memberships').select('id').where('organization_id', '=', id);
    return (await rows.where('user_id', '=', userId).executeTakeFirstOrThrow()).id;
  }

  async function allowAlice({ organization, before }: Awaited<ReturnType<typeof openMoved>>): Promise<Answer> {
    return allow(organization, { membershipIds: [await membershipOf(organization, before.alice.userId)] });
  }

  async function listed(organization: { id: string }): Promise<{ email: string; issuer: string }[]> {
    const { body } = await scene().server.call(url(organization), { token: scene().boot.token });
    expect(body.totalCount).toBe(body.relinkPermissions.length);
    return body.relinkPermissions;
  }

  async function told({ id }: { id: string }, type: string): Promise<Record<string, unknown>[]> {
    const { db } = scene().server.database;
    const trail = db.selectFrom('audit_events').select('event_metadata').where('organization_id', '=', id);
    const rows = await trail.where('event_type', '=', type).orderBy('sequence').execute();
    return rows.map((row) => JSON.parse(row.event_metadata));
  }

  async function setRole(organization: { id: string }, userId: string, role: 'admin' | 'member') {
    const path = `/api/v2/organizations/${organization.id}/memberships/${await membershipOf(organization, userId)}`;
    const { token } = scene().boot;
    expect((await scene().server.call(path, { method: 'PATCH', token, json: { role } })).status).toBe(200);
  }

  const isLive = async (organization: { id: string }, token: string) =>
    (await scene().server.call(`/api/v1/organization/${organization.id}`, { token })).status === 200;

  return { openMoved, own, enter, expectShutOut, url, allow, membershipOf, allowAlice, listed, told, setRole, isLive };
}

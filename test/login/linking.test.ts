import { decodeJwt } from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';

import { openBrowser } from '../support/browser-client.ts';
import { engines } from '../support/databases.ts';
import {
  type LoginScene,
  type SceneOrganization,
  beginSignIn,
  expectRefusal,
  readToken,
  setCookieNames,
  signIn,
  tamper,
  useLoginScene,
} from '../support/login-scene.ts';

const person = { sub: 'subject-of-alice', email: 'alice@acme.example', email_verified: true };

describe.each(engines)('domains that the operator configured (%s)', (engine) => {
  let owner: SceneOrganization;

  const scene = useLoginScene(engine, { SALLYPORT_VERIFIED_DOMAINS: 'acme.example:acme, moved.example:acme' });
  beforeAll(async () => {
    const { organizationId: id, slug } = scene.boot;
    owner = await scene.addOrganization({ existing: { id, slug } });
  });

  async function userOf(organization: SceneOrganization) {
    const { browser } = await signIn(scene, { organization });
    const { token } = await readToken(scene, browser);
    const { body } = await scene.server.call('/api/v2/users/me', { token });
    return { id: decodeJwt(token).sub, token, user: body.user };
  }

  async function adminId(): Promise<string | undefined> {
    const query = scene.server.database.db.selectFrom('users').select('id').where('is_instance_admin', '=', 1);
    return (await query.executeTakeFirst())?.id;
  }

  it('H190, H231: link a member who has the address and no identity yet, once, and audit it', async () => {
    owner.idp.setClaims({ sub: 'subject-of-admin', email: scene.boot.admin.email });
    const { id, token } = await userOf(owner);
    expect(id).toBe(await adminId());
    const { db } = scene.server.database;
    const trail = db.selectFrom('audit_events').select('event_metadata').where('event_type', '=', 'user-link');
    const events = await trail.execute();
    expect(events.map((event) => JSON.parse(event.event_metadata).userId)).toEqual([id]);
    // Linked or not, the provider asserts a member and never an instance admin.
    expect((await scene.server.call('/api/v2/organizations', { token, json: { name: 'Mine' } })).status).toBe(403);
  });

  it('H181, H185: do not link a second subject to an account that has one', async () => {
    owner.idp.setClaims({ sub: 'first subject', email: 'carol@acme.example' });
    await userOf(owner);
    owner.idp.setClaims({ sub: 'second subject', email: 'carol@acme.example' });
    await expectRefusal(scene, 'account_link_required', () => signIn(scene, { organization: owner }));
  });

  it('H190: do not link an address of another domain', async () => {
    owner.idp.setClaims({ sub: 'subject-of-dave', email: 'dave@foreign.example' });
    const { id } = await userOf(owner);
    await tamper(scene, (tx) =>
      tx
        .deleteFrom('user_identities')
        .where('user_id', '=', id ?? '')
        .execute(),
    );
    await expectRefusal(scene, 'account_link_required', () => signIn(scene, { organization: owner }));
  });

  it('H180: link no one for another organization that asserts an address of the domain', async () => {
    const other = await scene.addOrganization({ idp: { claims: { sub: 'impostor', email: scene.boot.admin.email } } });
    const { id, token, user } = await userOf(other);
    expect(id).not.toBe(await adminId());
    expect(user.isEmailVerified).toBe(false);
    expect((await scene.server.call(`/api/v1/organization/${owner.id}`, { token })).status).toBe(404);
  });

  it('update the profile of a known member from the provider', async () => {
    owner.idp.setClaims({ sub: 'subject-of-erin', email: 'erin@acme.example', given_name: 'Erin' });
    const before = await userOf(owner);
    owner.idp.setClaims({ sub: 'subject-of-erin', email: 'erin@moved.example', given_name: 'Erin R.' });
    const after = await userOf(owner);
    expect(after.id).toBe(before.id);
    expect(after.user).toMatchObject({ email: 'erin@moved.example', firstName: 'Erin R.', isEmailVerified: true });
  });

  it('H179, H198: do not give a known member the address of another member', async () => {
    owner.idp.setClaims({ sub: 'subject-of-frank', email: 'frank@acme.example' });
    await userOf(owner);
    owner.idp.setClaims({ sub: 'subject-of-grace', email: 'grace@acme.example' });
    await userOf(owner);
    owner.idp.setClaims({ sub: 'subject-of-grace', email: 'frank@acme.example' });
    const { id, user } = await userOf(owner);
    expect(user.email).toBe('grace@acme.example');
    expect(await skippedAddresses(id)).toEqual(['taken']);
  });

  it("H179: keep a known member's address if the new one is in a domain that the organization does not own", async () => {
    owner.idp.setClaims({ sub: 'subject-of-judy', email: 'judy@acme.example', given_name: 'Judy' });
    await userOf(owner);
    owner.idp.setClaims({ sub: 'subject-of-judy', email: 'judy@foreign.example', given_name: 'J.' });
    const { id, user } = await userOf(owner);
    expect(user).toMatchObject({ email: 'judy@acme.example', firstName: 'Judy' });
    expect(await skippedAddresses(id)).toEqual(['domain_not_verified']);
  });

  async function skippedAddresses(userId: string | undefined): Promise<unknown[]> {
    const { db } = scene.server.database;
    const trail = db.selectFrom('audit_events').select('event_metadata');
    const rows = await trail.where('event_type', '=', 'user-profile-update-skipped').orderBy('sequence').execute();
    const entries = rows.map(({ event_metadata: metadata }) => JSON.parse(metadata));
    return entries.filter((entry) => entry.userId === userId).map((entry) => entry.reason);
  }

  it.each([false, 'false'])('H173: do not link a member if email_verified is %j', async (verified) => {
    const claims = { sub: `first ${typeof verified}`, email: `kim-${typeof verified}@acme.example` };
    owner.idp.setClaims(claims);
    const { id } = await userOf(owner);
    await tamper(scene, (tx) =>
      tx
        .deleteFrom('user_identities')
        .where('user_id', '=', id ?? '')
        .execute(),
    );
    owner.idp.setClaims({ ...claims, sub: `second ${typeof verified}`, email_verified: verified });
    await expectRefusal(scene, 'account_link_required', () => signIn(scene, { organization: owner }));
    // The same address links as soon as the provider no longer marks it as unverified.
    owner.idp.setClaims({ ...claims, sub: `second ${typeof verified}` });
    expect((await userOf(owner)).id).toBe(id);
  });

  it('H173: do not give a known member an address that the provider calls unverified', async () => {
    owner.idp.setClaims({ sub: 'subject-of-leo', email: 'leo@acme.example' });
    await userOf(owner);
    owner.idp.setClaims({ sub: 'subject-of-leo', email: 'leon@acme.example', email_verified: false });
    const { id, user } = await userOf(owner);
    expect(user.email).toBe('leo@acme.example');
    expect(await skippedAddresses(id)).toEqual(['address_not_verified']);
  });

  it("H173: do not mark a new account's unverified address as verified", async () => {
    owner.idp.setClaims({ sub: 'subject-of-mia', email: 'mia@acme.example', email_verified: false });
    expect((await userOf(owner)).user.isEmailVerified).toBe(false);
  });

  it('H191: refuse a deactivated member, linked or not', async () => {
    owner.idp.setClaims({ sub: 'subject-of-heidi', email: 'heidi@acme.example' });
    const { id } = await userOf(owner);
    await tamper(scene, (tx) =>
      tx
        .updateTable('memberships')
        .set({ is_active: 0 })
        .where('user_id', '=', id ?? '')
        .execute(),
    );
    await expectRefusal(scene, 'member_inactive', () => signIn(scene, { organization: owner }));
    await tamper(scene, (tx) =>
      tx
        .deleteFrom('user_identities')
        .where('user_id', '=', id ?? '')
        .execute(),
    );
    await expectRefusal(scene, 'member_inactive', () => signIn(scene, { organization: owner }));
  });

  it('H191: do not bring back a removed member', async () => {
    owner.idp.setClaims({ sub: 'subject-of-ivan', email: 'ivan@acme.example' });
    const { id } = await userOf(owner);
    await tamper(scene, (tx) =>
      tx
        .deleteFrom('memberships')
        .where('user_id', '=', id ?? '')
        .execute(),
    );
    await expectRefusal(scene, 'member_inactive', () => signIn(scene, { organization: owner }));
  });
});

describe.each(engines)('fifty concurrent sign-ins of one user (%s)', (engine) => {
  const scene = useLoginScene(engine, { SALLYPORT_VERIFIED_DOMAINS: 'acme.example:owner' });

  async function signInFiftyTimes(organization: SceneOrganization): Promise<{ sessions: number; refusals: unknown[] }> {
    const started = await Promise.all(
      Array.from({ length: 50 }, async () => {
        const browser = openBrowser();
        return { browser, callback: await beginSignIn(scene, { organization, browser }) };
      }),
    );
    const answers = await Promise.all(started.map(({ browser, callback }) => browser.visit(callback)));
    const refused = scene.server.database.db
      .selectFrom('login_attempts')
      .select(['code', 'details'])
      .where('organization_id', '=', organization.id)
      .where('outcome', '=', 'refused');
    const sessions = answers.filter((answer) => setCookieNames(answer).includes('jid')).length;
    return { sessions, refusals: await refused.execute() };
  }

  it('H245: create one user and one membership if the user is new', async () => {
    const organization = await scene.addOrganization({ idp: { claims: person } });
    const before = await countUsers(scene);
    expect(await signInFiftyTimes(organization)).toEqual({ sessions: 50, refusals: [] });
    expect(await countUsers(scene)).toBe(before + 1);
    expect(await rowsOf(scene, organization)).toEqual({ memberships: 1, user_identities: 1, sessions: 50 });
  });

  it('H245: link one identity if the user is a member already', async () => {
    const organization = await scene.addOrganization({ slug: 'owner', idp: { claims: person } });
    await signIn(scene, { organization });
    await tamper(scene, (tx) =>
      tx.deleteFrom('user_identities').where('organization_id', '=', organization.id).execute(),
    );
    const before = await countUsers(scene);
    expect(await signInFiftyTimes(organization)).toEqual({ sessions: 50, refusals: [] });
    expect(await countUsers(scene)).toBe(before);
    expect(await rowsOf(scene, organization)).toEqual({ memberships: 1, user_identities: 1, sessions: 51 });
  });
});

async function countUsers({ server }: LoginScene): Promise<number> {
  return (await server.database.db.selectFrom('users').select('id').execute()).length;
}

async function rowsOf({ server }: LoginScene, { id }: SceneOrganization): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const table of ['memberships', 'user_identities', 'sessions'] as const) {
    const rows = await server.database.db.selectFrom(table).select('id').where('organization_id', '=', id).execute();
    counts[table] = rows.length;
  }
  return counts;
}

import { randomUUID } from 'node:crypto';

import { decodeJwt } from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';

import { addMember } from '../support/callers.ts';
import { type BrowserClient, openBrowser, type PageAnswer } from '../support/browser-client.ts';
import { engines } from '../support/databases.ts';
import { invitationsUrl, invite, type Invited } from '../support/invitations.ts';
import {
  type SceneOrganization,
  beginSignIn,
  expectRefusal,
  hasSession,
  readToken,
  setCookieNames,
  signIn,
  useLoginScene,
} from '../support/login-scene.ts';
import { expectUntouched, readEverything } from '../support/stored-rows.ts';

const newAddress = (domain = 'foreign.example') => `guest-${randomUUID()}@${domain}`;

describe.each(engines)('signing in with an invitation (%s)', (engine) => {
  let organization: SceneOrganization;

  const scene = useLoginScene(engine, { SALLYPORT_VERIFIED_DOMAINS: 'owned.example:owner' });
  beforeAll(async () => {
    organization = await scene.addOrganization({ slug: 'owner' });
    await change({ provisioningPolicy: 'invited-only' });
  });

  const call = async (path: string, options: object = {}) =>
    scene.server.call(path, { token: scene.boot.token, ...options });
  const change = async (json: object) => call(`/api/v1/organization/${organization.id}`, { method: 'PATCH', json });
  const at = () => ({ token: scene.boot.token, organizationId: organization.id });
  const statusOf = async (id: string) => {
    const { body } = await call(`${invitationsUrl(organization.id)}?limit=100`);
    return body.invitations.find((row: { id: string }) => row.id === id);
  };
  const revoke = async (id: string) => call(invitationsUrl(organization.id, `/${id}`), { method: 'DELETE' });
  const memberships = async (search: string) =>
    (await call(`/api/v2/organizations/${organization.id}/memberships?search=${encodeURIComponent(search)}`)).body
      .users;

  /** Opens the link and its form. Returns the callback to which the provider sends the browser. */
  async function follow({ token }: Invited, browser: BrowserClient): Promise<URL> {
    const page = await browser.visit(`${scene.server.url}/invitation`, { form: { token } });
    const target = /http-equiv="refresh" content="0; url=([^"]+)"/.exec(page.text)?.[1]?.replaceAll('&amp;', '&');
    if (target === undefined) throw new Error(page.text);
    return new URL((await browser.visit(target)).location);
  }

  async function join(
    invited: Invited,
    browser = openBrowser(),
  ): Promise<{ answer: PageAnswer; browser: BrowserClient }> {
    return { answer: await browser.visit(await follow(invited, browser)), browser };
  }

  it("adds a user who has the link and the address, with the invitation's role and groups", async () => {
    const name = `Guests ${randomUUID()}`;
    const group = (await call('/api/v1/groups', { json: { name, organizationId: organization.id } })).body;
    const gone = (await call('/api/v1/groups', { json: { name: `${name}!`, organizationId: organization.id } })).body;
    const email = newAddress();
    const groupIds = [group.id, gone.id];
    const invited = await invite(scene.server, at(), { email: email.toUpperCase(), role: 'admin', groupIds });
    await call(`/api/v1/groups/${gone.id}`, { method: 'DELETE' });
    organization.idp.setClaims({ sub: email, email, email_verified: false });
    const { browser } = await join(invited);
    const userId = decodeJwt((await readToken(scene, browser)).token).sub;
    expect(await memberships(email)).toEqual([
      expect.objectContaining({ userId, ownRole: 'admin', status: 'accepted' }),
    ]);
    const { users } = (await call(`/api/v1/groups/${group.id}/users`)).body;
    expect(users).toContainEqual(expect.objectContaining({ id: userId, isPartOfGroup: true }));
    expect(await statusOf(invited.id)).toMatchObject({ status: 'accepted', acceptedUserId: userId });
    const { auditLogs } = (await call(`/api/v1/organization/audit-logs?organizationId=${organization.id}&limit=20`))
      .body;
    const accepted = auditLogs.find((entry: { event: { type: string } }) => entry.event.type === 'invitation-accept');
    expect(accepted).toMatchObject({
      event: { metadata: { invitationId: invited.id, userId, role: 'admin', joined: true } },
    });
  });

  it('needs no link if the organization owns the domain, unless the provider calls the address unverified', async () => {
    const email = newAddress('owned.example');
    const { id } = await invite(scene.server, at(), { email, role: 'no-access' });
    organization.idp.setClaims({ sub: email, email, email_verified: false });
    await expectRefusal(scene, 'invitation_required', () => signIn(scene, { organization }));
    organization.idp.setClaims({ sub: email, email });
    expect(hasSession((await signIn(scene, { organization })).browser)).toBe(true);
    expect(await memberships(email)).toEqual([expect.objectContaining({ ownRole: 'no-access' })]);
    expect(await statusOf(id)).toMatchObject({ status: 'accepted' });
  });

  it('H190: needs the link if the organization does not own the domain', async () => {
    const email = newAddress();
    const { id } = await invite(scene.server, at(), { email });
    organization.idp.setClaims({ sub: email, email, email_verified: true });
    await expectRefusal(scene, 'invitation_required', () => signIn(scene, { organization }));
    expect(await statusOf(id)).toMatchObject({ status: 'invited' });
  });

  it('H190, H193: an address alone brings no role under the just-in-time policy', async () => {
    const email = newAddress();
    const invited = await invite(scene.server, at(), { email, role: 'admin' });
    await change({ provisioningPolicy: 'just-in-time' });
    organization.idp.setClaims({ sub: email, email });
    await signIn(scene, { organization });
    expect(await memberships(email)).toEqual([expect.objectContaining({ ownRole: 'member' })]);
    // Nor to a member afterwards, because it is closed and changes nothing.
    await join(invited);
    expect(await memberships(email)).toEqual([expect.objectContaining({ ownRole: 'member' })]);
    expect(await statusOf(invited.id)).toMatchObject({ status: 'accepted' });
    await change({ provisioningPolicy: 'invited-only' });
  });

  it('H189: refuses a user with another address, whether new or a member', async () => {
    const invited = await invite(scene.server, at(), { email: newAddress() });
    const other = newAddress();
    organization.idp.setClaims({ sub: other, email: other, email_verified: true });
    await expectRefusal(scene, 'invitation_address_mismatch', () => join(invited));
    const own = await invite(scene.server, at(), { email: other });
    await join(own);
    await expectRefusal(scene, 'invitation_address_mismatch', () => join(invited));
    expect(await statusOf(invited.id)).toMatchObject({ status: 'invited' });
  });

  it('H189: is refused at another organization than the inviting one', async () => {
    const other = await scene.addOrganization();
    await call(`/api/v1/organization/${other.id}`, { method: 'PATCH', json: { provisioningPolicy: 'invited-only' } });
    const email = newAddress();
    await invite(scene.server, at(), { email });
    other.idp.setClaims({ sub: email, email });
    await expectRefusal(scene, 'invitation_required', () => signIn(scene, { organization: other }));
  });

  it('is refused if the invitation is revoked, renewed or expires during the sign-in', async () => {
    const email = newAddress();
    organization.idp.setClaims({ sub: email, email });
    const { id } = await invite(scene.server, at(), { email, expiresInDays: 1 });
    const renewed = invitationsUrl(organization.id, `/${id}/renew`);
    const again = async () => {
      const { body } = await call(renewed, { json: { expiresInDays: 1 } });
      return { id, link: body.link, token: new URL(body.link).searchParams.get('token') ?? '' };
    };
    const afterwards = async (happens: () => unknown) => {
      const browser = openBrowser();
      const callback = await follow(await again(), browser);
      await happens();
      await expectRefusal(scene, 'invitation_not_open', () => browser.visit(callback));
    };
    await afterwards(again);
    // The invitation in another browser expires just before its sign-in finishes.
    const late = openBrowser();
    const lateInvitation = await again();
    scene.clock.advance(86_400_000 - 1000);
    const lateCallback = await follow(lateInvitation, late);
    scene.clock.advance(1000);
    await expectRefusal(scene, 'invitation_not_open', () => late.visit(lateCallback));
    await afterwards(() => revoke(id));
  });

  it('is refused if the inviting user may no longer invite', async () => {
    const admin = await addMember(scene.server, scene.boot, { organizationId: organization.id, role: 'admin' });
    const email = newAddress();
    const invited = await invite(scene.server, { ...at(), token: admin.token }, { email, role: 'admin' });
    organization.idp.setClaims({ sub: email, email });
    const [membership] = await memberships(admin.email);
    const url = `/api/v2/organizations/${organization.id}/memberships/${membership.id}`;
    const browser = openBrowser();
    const callback = await follow(invited, browser);
    await call(url, { method: 'PATCH', json: { role: 'member' } });
    await expectRefusal(scene, 'invitation_not_open', () => browser.visit(callback));
    expect((await openBrowser().visit(invited.link)).status).toBe(404);
    await call(url, { method: 'PATCH', json: { role: 'admin' } });
    expect(hasSession((await join(invited)).browser)).toBe(true);
  });

  it('brings back a removed member, but not a deactivated one', async () => {
    const email = newAddress();
    organization.idp.setClaims({ sub: email, email });
    await join(await invite(scene.server, at(), { email, role: 'admin' }));
    const [{ id, userId }] = await memberships(email);
    const url = `/api/v2/organizations/${organization.id}/memberships/${id}`;
    await call(url, { method: 'PATCH', json: { isActive: false } });
    await expectRefusal(scene, 'member_inactive', () => signIn(scene, { organization }));
    await call(url, { method: 'DELETE' });
    await expectRefusal(scene, 'member_inactive', () => signIn(scene, { organization }));
    const { browser } = await join(await invite(scene.server, at(), { email, role: 'no-access' }));
    expect(decodeJwt((await readToken(scene, browser)).token).sub).toBe(userId);
    expect(await memberships(email)).toEqual([expect.objectContaining({ userId, ownRole: 'no-access' })]);
  });

  it("ends a further open invitation when the user's membership ends", async () => {
    const email = newAddress();
    const { id } = await invite(scene.server, at(), { email, role: 'admin' });
    await change({ provisioningPolicy: 'just-in-time' });
    organization.idp.setClaims({ sub: email, email });
    await signIn(scene, { organization });
    await change({ provisioningPolicy: 'invited-only' });
    const [membership] = await memberships(email);
    await call(`/api/v2/organizations/${organization.id}/memberships/${membership.id}`, { method: 'DELETE' });
    expect(await statusOf(id)).toMatchObject({ status: 'revoked' });
  });

  it('stores the address together with its verification', async () => {
    const email = newAddress();
    organization.idp.setClaims({ sub: email, email });
    const { browser } = await join(await invite(scene.server, at(), { email }));
    const me = async (by: BrowserClient) => {
      const { token } = await readToken(scene, by);
      return (await scene.server.call('/api/v2/users/me', { token })).body.user;
    };
    expect(await me(browser)).toMatchObject({ email, isEmailVerified: false });
    const moved = newAddress('owned.example');
    organization.idp.setClaims({ sub: email, email: moved });
    expect(await me((await signIn(scene, { organization })).browser)).toMatchObject({
      email: moved,
      isEmailVerified: true,
    });
  });

  it('the page can be opened any number of times without using the invitation', async () => {
    const email = newAddress();
    const invited = await invite(scene.server, at(), { email });
    const before = await readEverything(scene.server.database);
    for (let times = 0; times < 3; times += 1) {
      const page = await openBrowser().visit(invited.link);
      expect([page.status, setCookieNames(page)]).toEqual([200, []]);
      expect(page.text).toContain(email);
      expect(page.headers.get('cache-control')).toContain('no-store');
      expect(page.headers.get('referrer-policy')).toMatch(/same-origin|no-referrer/);
    }
    await openBrowser().visit(invited.link, { method: 'HEAD' });
    await expectUntouched(scene.server.database, before);
    expect(await statusOf(invited.id)).toMatchObject({ status: 'invited' });
  });

  it('shows one page for every invalid link', async () => {
    const revoked = await invite(scene.server, at(), { email: newAddress() });
    await revoke(revoked.id);
    const texts = [];
    for (const token of [revoked.token, 'A'.repeat(43), '', 'short', '\0', '<script>', `${revoked.token}x`]) {
      const query = new URLSearchParams({ token }).toString();
      for (const request of [{}, { form: { token } }]) {
        const page = await openBrowser().visit(`${scene.server.url}/invitation?${query}`, request);
        expect([page.status, setCookieNames(page)]).toEqual([404, []]);
        texts.push(page.text);
      }
    }
    texts.push((await openBrowser().visit(`${scene.server.url}/invitation`)).text);
    texts.push((await openBrowser().visit(`${scene.server.url}/invitation?token=a&token=b`)).text);
    expect(new Set(texts).size).toBe(1);
  });

  it('H237: cannot be started from another site', async () => {
    const { token } = await invite(scene.server, at(), { email: newAddress() });
    const headers = { origin: 'https://evil.example' };
    const page = await openBrowser().visit(`${scene.server.url}/invitation`, { form: { token }, headers });
    expect([page.status, setCookieNames(page)]).toEqual([403, []]);
  });

  it('says so if the organization has no connection, and keeps the invitation', async () => {
    const { body } = await call('/api/v2/organizations', { json: { name: 'Bare' } });
    const bare = { token: scene.boot.token, organizationId: body.organization.id };
    const { token, link } = await invite(scene.server, bare, { email: newAddress() });
    const page = await openBrowser().visit(`${scene.server.url}/invitation`, { form: { token } });
    expect(page.status).toBe(404);
    expect(page.text).toContain('Single sign-on is not available');
    expect((await openBrowser().visit(link)).status).toBe(200);
  });

  it('fifty first sign-ins with one invitation create one user', async () => {
    const email = newAddress();
    organization.idp.setClaims({ sub: email, email });
    const invited = await invite(scene.server, at(), { email, role: 'admin' });
    const started = await Promise.all(
      Array.from({ length: 50 }, async () => {
        const browser = openBrowser();
        return { browser, callback: await follow(invited, browser) };
      }),
    );
    const answers = await Promise.all(started.map(({ browser, callback }) => browser.visit(callback)));
    expect(answers.filter((answer) => setCookieNames(answer).includes('jid'))).toHaveLength(50);
    expect(await memberships(email)).toEqual([expect.objectContaining({ ownRole: 'admin' })]);
    const users = await scene.server.database.db
      .selectFrom('users')
      .select('id')
      .where('email_key', '=', email)
      .execute();
    expect(users).toHaveLength(1);
  });

  it('two users with the invited address: only one of them accepts it', async () => {
    const email = newAddress();
    const invited = await invite(scene.server, at(), { email });
    const started = [];
    for (const sub of ['one', 'two']) {
      organization.idp.setClaims({ sub: `${sub} ${email}`, email });
      const browser = openBrowser();
      started.push({ browser, callback: await follow(invited, browser) });
    }
    const answers = await Promise.all(started.map(({ browser, callback }) => browser.visit(callback)));
    expect(answers.filter((answer) => setCookieNames(answer).includes('jid'))).toHaveLength(1);
    expect(await memberships(email)).toHaveLength(1);
  });

  it('a concurrent sign-in and revocation end with a member or a revoked invitation, never both', async () => {
    for (let round = 0; round < 8; round += 1) {
      const email = newAddress();
      organization.idp.setClaims({ sub: email, email });
      const invited = await invite(scene.server, at(), { email });
      const browser = openBrowser();
      const callback = await follow(invited, browser);
      const [revoked] = await Promise.all([revoke(invited.id), browser.visit(callback)]);
      const isMember = (await memberships(email)).length === 1;
      expect([revoked.status, hasSession(browser), (await statusOf(invited.id)).status]).toEqual(
        isMember ? [409, true, 'accepted'] : [200, false, 'revoked'],
      );
    }
  });

  it('is remembered only for the sign-in that it started', async () => {
    const email = newAddress();
    const invited = await invite(scene.server, at(), { email });
    organization.idp.setClaims({ sub: email, email });
    const browser = openBrowser();
    await follow(invited, browser);
    const plain = await beginSignIn(scene, { organization, browser });
    await expectRefusal(scene, 'invitation_required', () => browser.visit(plain));
  });
});

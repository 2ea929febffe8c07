import { randomUUID } from 'node:crypto';

import { decodeJwt } from 'jose';
import { beforeAll, describe, expect, it } from 'vitest';

import { type BrowserClient, openBrowser } from '../support/browser-client.ts';
import { engines } from '../support/databases.ts';
import { invitationsUrl, invite, type Invited } from '../support/invitations.ts';
import {
  type SceneOrganization,
  expectRefusal,
  hasSession,
  readToken,
  setCookieNames,
  signIn,
  useLoginScene,
} from '../support/login-scene.ts';

describe.each(engines)('misuse of an invitation (%s)', (engine) => {
  let owner: SceneOrganization;
  let host: SceneOrganization;

  const scene = useLoginScene(engine, { SALLYPORT_VERIFIED_DOMAINS: 'owned.example:owner' });
  beforeAll(async () => {
    owner = await scene.addOrganization({ slug: 'owner' });
    host = await scene.addOrganization();
    for (const { id } of [owner, host]) {
      const json = { provisioningPolicy: 'invited-only' };
      await scene.server.call(`/api/v1/organization/${id}`, { method: 'PATCH', token: scene.boot.token, json });
    }
  });

  const newAddress = () => `guest-${randomUUID()}@guests.example`;
  const inviteTo = ({ id }: SceneOrganization, email: string, role = 'member') =>
    invite(scene.server, { token: scene.boot.token, organizationId: id }, { email, role });
  const membersOf = async ({ id }: SceneOrganization, search: string) => {
    const url = `/api/v2/organizations/${id}/memberships?search=${encodeURIComponent(search)}`;
    return (await scene.server.call(url, { token: scene.boot.token })).body.users;
  };

  async function follow({ token }: Invited, browser: BrowserClient, more: Record<string, string> = {}): Promise<URL> {
    const page = await browser.visit(`${scene.server.url}/invitation`, { form: { ...more, token } });
    const target = /http-equiv="refresh" content="0; url=([^"]+)"/.exec(page.text)?.[1]?.replaceAll('&amp;', '&');
    if (target === undefined) throw new Error(page.text);
    return new URL((await browser.visit(target)).location);
  }

  async function join(invited: Invited, browser = openBrowser()) {
    return { answer: await browser.visit(await follow(invited, browser)), browser };
  }

  it('H189: a used link shows one page to every visitor, including a user with the same address', async () => {
    const email = newAddress();
    const invited = await inviteTo(host, email, 'admin');
    host.idp.setClaims({ sub: email, email });
    expect(hasSession((await join(invited)).browser)).toBe(true);
    host.idp.setClaims({ sub: `another ${email}`, email });
    for (const request of [{}, { form: { token: invited.token } }]) {
      const page = await openBrowser().visit(invited.link, request);
      expect([page.status, setCookieNames(page)]).toEqual([404, []]);
    }
    await expectRefusal(scene, 'account_link_required', () => signIn(scene, { organization: host }));
    expect(await membersOf(host, email)).toHaveLength(1);
  });

  it('H189: if two users start it, the first one accepts it and the other gets no role', async () => {
    const email = newAddress();
    const invited = await inviteTo(host, email, 'admin');
    const [first, second] = [openBrowser(), openBrowser()];
    host.idp.setClaims({ sub: `first ${email}`, email });
    const firstCallback = await follow(invited, first);
    host.idp.setClaims({ sub: `second ${email}`, email });
    const secondCallback = await follow(invited, second);
    await first.visit(firstCallback);
    await expectRefusal(scene, 'account_link_required', () => second.visit(secondCallback));
    expect(await membersOf(host, email)).toEqual([expect.objectContaining({ ownRole: 'admin' })]);
  });

  it.each([
    ['capitals', 'guest@bücher-a.example', 'GUEST@BÜCHER-A.example'],
    ['the encoded form', 'guest@bücher-b.example', 'guest@xn--bcher-b-n2a.example'],
    ['the readable form', 'guest@xn--bcher-c-n2a.example', 'guest@bücher-c.example'],
  ])(
    'H165, H169: an invitation to an address that is written %s works only for that address',
    async (_what, invitedAs, asserted) => {
      const invited = await inviteTo(host, invitedAs);
      host.idp.setClaims({ sub: asserted, email: asserted });
      expect(hasSession((await join(invited)).browser)).toBe(true);
    },
  );

  it.each([
    ['another letter', 'guest@acme.example', 'guest@аcme.example', 'invitation_address_mismatch'],
    ['letters that fold into it', 'guest@acme.example', 'guest@ａcme.example', 'email_invalid'],
    ['a letter in two parts', 'guest@bücher.example', 'guest@bu\u0308cher.example', 'email_invalid'],
    ['a soft hyphen', 'guest@acme.example', 'guest@ac\u00adme.example', 'email_invalid'],
    ['a letter like it', 'guest@acme.example', 'ɡuest@acme.example', 'email_invalid'],
    ['a tag', 'guest@acme.example', 'guest+admin@acme.example', 'invitation_address_mismatch'],
    ['dots', 'guest@acme.example', 'g.uest@acme.example', 'invitation_address_mismatch'],
    ['a final dot', 'guest@acme.example', 'guest@acme.example.', 'email_invalid'],
    ['another address behind it', 'guest@acme.example', 'guest@acme.example,x@evil.example', 'email_invalid'],
    ['a blank behind it', 'guest@acme.example', 'guest@acme.example ', 'email_invalid'],
    ['NUL behind it', 'guest@acme.example', 'guest@acme.example\0', 'email_invalid'],
  ] as const)('H165, H166, H189: is not for an address with %s', async (_what, invitedAs, asserted, code) => {
    const invited = await inviteTo(host, invitedAs);
    host.idp.setClaims({ sub: randomUUID(), email: asserted });
    await expectRefusal(scene, code, () => join(invited));
    await scene.server.call(invitationsUrl(host.id, `/${invited.id}`), { method: 'DELETE', token: scene.boot.token });
  });

  it("H180: an invitation to an address in another organization's domain creates a separate account", async () => {
    const email = `boss-${randomUUID()}@owned.example`;
    owner.idp.setClaims({ sub: email, email, email_verified: true });
    await inviteTo(owner, email, 'admin');
    const boss = await readToken(scene, (await signIn(scene, { organization: owner })).browser);
    const before = await membersOf(owner, email);
    host.idp.setClaims({ sub: 'attacker', email, email_verified: true });
    const { browser } = await join(await inviteTo(host, email, 'admin'));
    const impostor = await readToken(scene, browser);
    expect(impostor.organizationId).toBe(host.id);
    expect(decodeJwt(impostor.token).sub).not.toBe(decodeJwt(boss.token).sub);
    const { user } = (await scene.server.call('/api/v2/users/me', { token: impostor.token })).body;
    expect(user).toMatchObject({ email, isEmailVerified: false });
    const { token } = impostor;
    expect((await scene.server.call(`/api/v1/organization/${owner.id}`, { token })).status).toBe(404);
    const json = { organizationId: owner.id };
    expect((await scene.server.call('/api/v3/auth/select-organization', { token, json })).status).toBe(404);
    expect(await membersOf(owner, email)).toEqual(before);
  });

  it('H189, H219: leads to the inviting organization, whatever else the form names', async () => {
    const email = newAddress();
    const invited = await inviteTo(host, email);
    const browser = openBrowser();
    const { slug: orgSlug, id: organizationId } = owner;
    const more = { orgSlug, organizationId, domain: 'owned.example', email: 'boss@owned.example' };
    const callback = await follow(invited, browser, {
      ...more,
      returnTo: 'https://evil.example/',
      callbackPort: '4545',
    });
    host.idp.setClaims({ sub: email, email });
    expect(callback.searchParams.get('iss')).toBe(host.idp.issuer);
    await expectRefusal(scene, 'invitation_address_mismatch', () => browser.visit(callback));
    const own = await join(invited);
    expect(own.answer.location).toBe(`${scene.server.url}/login/select-organization`);
    expect((await readToken(scene, own.browser)).organizationId).toBe(host.id);
  });

  it('H189: does not work at another organization that invited the same address', async () => {
    const email = newAddress();
    const [mine, theirs] = [await inviteTo(host, email, 'admin'), await inviteTo(owner, email, 'no-access')];
    owner.idp.setClaims({ sub: email, email, email_verified: true });
    const browser = openBrowser();
    await follow(mine, browser);
    await browser.visit(await follow(theirs, browser));
    expect(await membersOf(owner, email)).toEqual([expect.objectContaining({ ownRole: 'no-access' })]);
    expect(await membersOf(host, email)).toEqual([]);
    expect((await openBrowser().visit(mine.link)).status).toBe(200);
  });
});

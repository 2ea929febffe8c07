import { randomUUID } from 'node:crypto';

import { beforeAll, describe, expect, it } from 'vitest';

import { engines } from '../support/databases.ts';
import { invitationsUrl } from '../support/invitations.ts';
import { openBrowser } from '../support/browser-client.ts';
import { type SceneOrganization, expectRefusal, hasSession, signIn, useLoginScene } from '../support/login-scene.ts';

const owned = 'owned.example';
const foreign = () => `guest-${randomUUID()}@foreign.example`;
const ours = () => `guest-${randomUUID()}@${owned}`;

describe.each(engines)('warnings of an invitation (%s)', (engine) => {
  let organization: SceneOrganization;

  const scene = useLoginScene(engine, { SALLYPORT_VERIFIED_DOMAINS: `${owned}:owner` });
  beforeAll(async () => {
    organization = await scene.addOrganization({ slug: 'owner' });
  });

  const call = async (rest: string, options: object = {}) =>
    scene.server.call(invitationsUrl(organization.id, rest), { token: scene.boot.token, ...options });
  const invite = async (email: string) => call('', { json: { email } });
  const codesOf = (invitation: { warnings: { code: string }[] }) => invitation.warnings.map(({ code }) => code);
  const listed = async (email: string) => {
    const { body } = await call('?limit=100');
    return body.invitations.find((invitation: { email: string }) => invitation.email === email);
  };
  const setPolicy = async (provisioningPolicy: string) => {
    const options = { method: 'PATCH', token: scene.boot.token, json: { provisioningPolicy } };
    expect((await scene.server.call(`/api/v1/organization/${organization.id}`, options)).status).toBe(200);
  };

  /** What becomes of the invited person, who comes by the link. */
  async function come(email: string, link: string): Promise<string> {
    organization.idp.setClaims({ sub: randomUUID(), email });
    const browser = openBrowser();
    const form = { token: new URL(link).searchParams.get('token') ?? '' };
    const page = await browser.visit(`${scene.server.url}/invitation`, { form });
    const target = /http-equiv="refresh" content="0; url=([^"]+)"/.exec(page.text)?.[1]?.replaceAll('&amp;', '&') ?? '';
    const back = await browser.visit(target);
    const end = await browser.visit((await browser.visit(back.location)).location);
    return hasSession(browser) ? 'in' : end.location;
  }

  it('are empty if the sign-in will succeed', async () => {
    for (const email of [ours(), foreign()]) {
      const { body } = await invite(email);
      expect(body.invitation.warnings).toEqual([]);
      expect((await listed(email)).warnings).toEqual([]);
      expect(await come(email, body.link)).toBe('in');
    }
  });

  it('mention allowedEmailDomains, in the response and in the list, as the sign-in then does', async () => {
    await scene.changeConfig(organization, { allowedEmailDomains: `*.${owned}` });
    const [bad, good] = [foreign(), ours()];
    const { body } = await invite(bad);
    expect(codesOf(body.invitation)).toEqual(['email_domain_not_allowed']);
    expect(body.invitation.warnings[0].message).toContain('allowedEmailDomains');
    expect(codesOf(await listed(bad))).toEqual(['email_domain_not_allowed']);
    expect(codesOf((await invite(good)).body.invitation)).toEqual([]);
    await expectShutOut(bad, 'email_domain_not_allowed');
    // The warning goes with its reason, and comes with it for invitations that are there already.
    await scene.changeConfig(organization, { allowedEmailDomains: '' });
    expect(codesOf(await listed(bad))).toEqual([]);
    await scene.changeConfig(organization, { allowedEmailDomains: 'elsewhere.example' });
    expect(codesOf(await listed(good))).toEqual(['email_domain_not_allowed']);
    await scene.changeConfig(organization, { allowedEmailDomains: '' });
  });

  it('mention the policy that accepts only verified domains, as the sign-in then does', async () => {
    await setPolicy('deny-unverified-domain');
    const [bad, good] = [foreign(), ours()];
    expect(codesOf((await invite(bad)).body.invitation)).toEqual(['email_domain_not_verified']);
    expect(codesOf(await listed(bad))).toEqual(['email_domain_not_verified']);
    expect(codesOf((await invite(good)).body.invitation)).toEqual([]);
    await expectShutOut(bad, 'email_domain_not_verified');
    await setPolicy('invited-only');
    expect(codesOf(await listed(bad))).toEqual([]);
    await setPolicy('just-in-time');
  });

  it('mention an inactive connection, and disappear when the invitation is closed', async () => {
    await scene.changeConfig(organization, { isActive: false });
    const email = ours();
    const { body } = await invite(email);
    expect(codesOf(body.invitation)).toEqual(['sign_in_unavailable']);
    const revoked = await call(`/${body.invitation.id}`, { method: 'DELETE' });
    expect(revoked.body.invitation.warnings).toEqual([]);
    expect((await listed(email)).warnings).toEqual([]);
    await scene.changeConfig(organization, { isActive: true });
  });

  async function expectShutOut(email: string, code: string): Promise<void> {
    organization.idp.setClaims({ sub: randomUUID(), email });
    await expectRefusal(scene, code, async () => signIn(scene, { organization }));
  }
});

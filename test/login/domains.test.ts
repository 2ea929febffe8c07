import { randomUUID } from 'node:crypto';

import { decodeJwt } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createTxtLookup } from '../../src/domains/txt-lookup.ts';
import { engines } from '../support/databases.ts';
import { domainsUrl } from '../support/domain-scene.ts';
import {
  expectRefusal,
  expectTurnedAway,
  loginUrl,
  type LoginScene,
  openLoginScene,
  readToken,
  type SceneOrganization,
  signIn,
  tamper,
} from '../support/login-scene.ts';
import { openBrowser } from '../support/browser-client.ts';
import { type PracticeDns, startPracticeDns } from '../support/practice-dns.ts';

describe.each(engines)('an e-mail domain verified through DNS (%s)', (engine) => {
  let dns: PracticeDns;
  let scene: LoginScene;
  let owner: SceneOrganization;
  let stranger: SceneOrganization;

  beforeAll(async () => {
    dns = await startPracticeDns();
    scene = await openLoginScene(engine, {
      SALLYPORT_DNS_SERVERS: dns.address,
      SALLYPORT_VERIFIED_DOMAINS: 'vouched.example:vouched-for',
      SALLYPORT_DOMAIN_RECORD_LABEL: '_moved-over',
      SALLYPORT_DOMAIN_RECORD_PREFIX: 'moved-over-verification=',
    });
    owner = await scene.addOrganization();
    stranger = await scene.addOrganization();
  });
  afterAll(async () => {
    await scene.close();
    await dns.close();
  });

  const newDomain = () => `d${randomUUID().slice(0, 8)}.example`;

  async function claim(organization: SceneOrganization, domain: string) {
    const json = { domain, organizationId: organization.id };
    const { body } = await scene.server.call(domainsUrl, { token: scene.boot.token, json });
    return body.emailDomain;
  }

  async function prove(organization: SceneOrganization, domain: string): Promise<string> {
    const { id, verificationRecordName, verificationCode } = await claim(organization, domain);
    dns.set(verificationRecordName, { txt: [verificationCode] });
    const url = `${domainsUrl}/${id}/verify`;
    const { status, text } = await scene.server.call(url, { method: 'POST', token: scene.boot.token });
    if (status !== 200) throw new Error(text);
    return id;
  }

  const start = (query: Record<string, string>) => openBrowser().visit(loginUrl(scene, query));

  async function expectRoutedTo(organization: SceneOrganization, query: Record<string, string>): Promise<void> {
    expect((await start(query)).location).toMatch(new RegExp(`^${organization.idp.url}/`));
  }

  const setState = (id: string, state: object) =>
    tamper(scene, (tx) => tx.updateTable('email_domains').set(state).where('id', '=', id).execute());

  it('uses the record name and the prefix that the operator configured', async () => {
    const domain = newDomain();
    const { verificationRecordName, verificationCode } = await claim(owner, domain);
    expect(verificationRecordName).toBe(`_moved-over.${domain}`);
    expect(verificationCode).toMatch(/^moved-over-verification=[\da-f]{40}$/);
  });

  it('leads an address and the domain itself to its sign-in, but no parent or subdomain', async () => {
    const domain = newDomain();
    const { id } = await claim(owner, domain);
    await expectTurnedAway(scene, 'sign_in_unavailable', () => start({ domain }));
    await scene.server.call(`${domainsUrl}/${id}`, { method: 'DELETE', token: scene.boot.token });
    const proved = await prove(owner, domain);
    await expectRoutedTo(owner, { domain: domain.toUpperCase() });
    await expectRoutedTo(owner, { email: `Somebody@${domain}` });
    await expectTurnedAway(scene, 'sign_in_unavailable', () => start({ domain: `sub.${domain}` }));
    await expectTurnedAway(scene, 'sign_in_unavailable', () => start({ email: `a@x${domain}` }));
    await scene.server.call(`${domainsUrl}/${proved}`, { method: 'DELETE', token: scene.boot.token });
    await expectTurnedAway(scene, 'sign_in_unavailable', () => start({ domain }));
  });

  it('H258: leads there until the end of its grace period, and not when it lapsed', async () => {
    const domain = newDomain();
    const id = await prove(owner, domain);
    await setState(id, { status: 'grace', grace_ends_at: scene.clock.nowMs() + 1 });
    await expectRoutedTo(owner, { domain });
    // The grace period has ended, even though no job has checked the domain yet.
    await setState(id, { grace_ends_at: scene.clock.nowMs() });
    await expectTurnedAway(scene, 'sign_in_unavailable', () => start({ domain }));
    await setState(id, { status: 'lapsed', grace_ends_at: null });
    await expectTurnedAway(scene, 'sign_in_unavailable', () => start({ domain }));
  });

  async function forgetIdentities(organization: SceneOrganization): Promise<void> {
    await tamper(scene, (tx) =>
      tx.deleteFrom('user_identities').where('organization_id', '=', organization.id).execute(),
    );
  }

  it('H258: links a member with an address in it; pending, lapsed and foreign domains link no one', async () => {
    const domain = newDomain();
    owner.idp.setClaims({ sub: 'one', email: `alice@${domain}` });
    await signIn(scene, { organization: owner });
    await forgetIdentities(owner);
    const { id } = await claim(owner, domain);
    const link = () => signIn(scene, { organization: owner });
    await expectRefusal(scene, 'account_link_required', link);
    await scene.server.call(`${domainsUrl}/${id}`, { method: 'DELETE', token: scene.boot.token });
    const foreign = await prove(stranger, domain);
    await expectRefusal(scene, 'account_link_required', link);
    await scene.server.call(`${domainsUrl}/${foreign}`, { method: 'DELETE', token: scene.boot.token });
    scene.clock.advance(10_000);
    const proved = await prove(owner, domain);
    await setState(proved, { status: 'lapsed' });
    await expectRefusal(scene, 'account_link_required', link);
    await setState(proved, { status: 'verified' });
    expect((await link()).answer.location).toMatch(/select-organization$/);
  });

  async function subjectOf(organization: SceneOrganization): Promise<string | undefined> {
    const { browser } = await signIn(scene, { organization });
    return decodeJwt((await readToken(scene, browser)).token).sub;
  }

  it('H176: of a new owner gives no user the account of the previous organization', async () => {
    const domain = newDomain();
    const before = await prove(owner, domain);
    owner.idp.setClaims({ sub: 'of the first owner', email: `alice@${domain}`, email_verified: true });
    const account = await subjectOf(owner);
    await forgetIdentities(owner);
    await setState(before, { status: 'lapsed' });
    scene.clock.advance(10_000);
    await prove(stranger, domain);
    // In the new owner's organization another user has the address.
    stranger.idp.setClaims({ sub: 'of the next owner', email: `alice@${domain}`, email_verified: true });
    const successor = await subjectOf(stranger);
    expect(successor).toBeTypeOf('string');
    expect(successor).not.toBe(account);
    // In the previous organization the address no longer links to any account.
    owner.idp.setClaims({ sub: 'of the next owner', email: `alice@${domain}`, email_verified: true });
    await expectRefusal(scene, 'account_link_required', () => signIn(scene, { organization: owner }));
  });

  it('H176: an old address at the same organization does not identify its previous user', async () => {
    const domain = newDomain();
    await prove(owner, domain);
    owner.idp.setClaims({ sub: 'subject of before', email: `bob@${domain}`, email_verified: true });
    await signIn(scene, { organization: owner });
    owner.idp.setClaims({ sub: 'subject of after', email: `bob@${domain}`, email_verified: true });
    await expectRefusal(scene, 'account_link_required', () => signIn(scene, { organization: owner }));
  });

  it('that the operator configured belongs to the organization, not to its slug', async () => {
    const domain = 'vouched.example';
    await expectTurnedAway(scene, 'sign_in_unavailable', () => start({ domain }));
    const vouchedFor = await scene.addOrganization({ slug: 'vouched-for' });
    await expectRoutedTo(vouchedFor, { domain });
    const url = `${domainsUrl}?organizationId=${vouchedFor.id}`;
    const listed = (await scene.server.call(url, { token: scene.boot.token })).body.emailDomains;
    expect(listed).toEqual([expect.objectContaining({ domain, status: 'verified', verificationMethod: 'operator' })]);
    const rename = (id: string, slug: string) =>
      tamper(scene, (tx) => tx.updateTable('organizations').set({ slug }).where('id', '=', id).execute());
    await rename(vouchedFor.id, 'renamed');
    await rename(stranger.id, 'vouched-for');
    await expectRoutedTo(vouchedFor, { domain });
    const { id } = listed[0];
    const removed = await scene.server.call(`${domainsUrl}/${id}`, { method: 'DELETE', token: scene.boot.token });
    expect(removed.body.code).toBe('email_domain_vouched');
    const taken = await claim(stranger, domain);
    dns.set(taken.verificationRecordName, { txt: [taken.verificationCode] });
    expect((await createTxtLookup({ servers: [dns.address] })(taken.verificationRecordName)).kind).toBe('records');
    const verify = `${domainsUrl}/${taken.id}/verify`;
    const answer = await scene.server.call(verify, { method: 'POST', token: scene.boot.token });
    expect(answer.body.code).toBe('email_domain_vouched');
  });
});

import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, expect, it, vi } from 'vitest';

import { describeEnginesAtOnce } from '../support/describe-engines.ts';
import { invitationsUrl, invite } from '../support/invitations.ts';
import { hasSession, type LoginScene, openLoginScene, signIn, tamper } from '../support/login-scene.ts';
import { type PracticeMail, startPracticeMail } from '../support/practice-mail.ts';

describeEnginesAtOnce('a server that sends invitations by mail', (engine) => {
  let mail: PracticeMail;
  let scene: LoginScene;

  beforeAll(async () => {
    mail = await startPracticeMail();
    scene = await openLoginScene(engine, {
      SALLYPORT_SMTP_URL: `smtp://127.0.0.1:${mail.port}`,
      SALLYPORT_MAIL_FROM: 'sso@sallyport.example',
    });
  });
  afterAll(async () => {
    await scene.close();
    await mail.close();
  });

  const mailStatusOf = async (organizationId: string) => {
    const { body } = await scene.server.call(invitationsUrl(organizationId), { token: scene.boot.token });
    return body.invitations[0].mailStatus as string;
  };

  it('sends the link automatically and reports the result', async () => {
    const { id: organizationId } = await scene.addOrganization();
    const taken = mail.next();
    const { link } = await invite(
      scene.server,
      { token: scene.boot.token, organizationId },
      { email: 'zoe@guests.example' },
    );
    expect(await mailStatusOf(organizationId)).toBe('queued');
    const { to, source } = await taken;
    expect([to, source.includes(link)]).toEqual([['zoe@guests.example'], true]);
    await vi.waitFor(async () => expect(await mailStatusOf(organizationId)).toBe('sent'), 5000);
  });

  it('reports a message that it does not send because the address just got one', async () => {
    const { id: organizationId } = await scene.addOrganization();
    const at = { token: scene.boot.token, organizationId };
    const { id } = await invite(scene.server, at, { email: 'xenia@guests.example' });
    const renew = async () => {
      const url = invitationsUrl(organizationId, `/${id}/renew`);
      return (await scene.server.call(url, { token: scene.boot.token, json: {} })).body.invitation;
    };
    const renewed = await renew();
    expect(renewed).toMatchObject({ mailStatus: 'limited', warnings: [{ code: 'mail_limited' }] });
    expect(renewed.warnings[0].message).toContain('the address got one');
    expect(await mailStatusOf(organizationId)).toBe('limited');
    scene.clock.advance(600_000);
    expect(await renew()).toMatchObject({ mailStatus: 'queued', warnings: [] });
  });

  it('reports a message that it does not send because the organization sent a hundred within the hour', async () => {
    const organization = await scene.addOrganization();
    const nowMs = scene.clock.nowMs();
    const row = {
      organization_id: organization.id,
      address_hash: '',
      mailbox_hash: '',
      domain_hash: '',
      sealed_message: '',
      attempt_count: 1,
      next_attempt_at: null,
    };
    const times = { created_at: nowMs, updated_at: nowMs };
    const rows = Array.from({ length: 100 }, () => ({ ...row, ...times, id: randomUUID(), status: 'sent' as const }));
    await tamper(scene, (tx) => tx.insertInto('mail_outbox').values(rows).execute());
    const url = invitationsUrl(organization.id);
    const { body } = await scene.server.call(url, { token: scene.boot.token, json: { email: 'wim@guests.example' } });
    expect(body.invitation).toMatchObject({ mailStatus: 'limited', warnings: [{ code: 'mail_limited' }] });
    expect(body.invitation.warnings[0].message).toContain('the organization caused');
    expect(body.link).toContain('/invitation?token=');
    expect(await mailStatusOf(organization.id)).toBe('limited');
  });

  it('withdraws a message with its invitation, and signs users in whatever the mail server does', async () => {
    mail.answer = 451;
    const organization = await scene.addOrganization();
    const organizationId = organization.id;
    const at = { token: scene.boot.token, organizationId };
    const { id } = await invite(scene.server, at, { email: 'yves@guests.example' });
    expect(hasSession((await signIn(scene, { organization })).browser)).toBe(true);
    const url = invitationsUrl(organizationId, `/${id}`);
    const { body } = await scene.server.call(url, { method: 'DELETE', token: scene.boot.token });
    expect(body.invitation).toMatchObject({ status: 'revoked', mailStatus: 'withdrawn' });
  });
});

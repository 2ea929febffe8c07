import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';

import { engines } from '../support/databases.ts';
import { invitationsUrl, invite } from '../support/invitations.ts';
import { hasSession, type LoginScene, openLoginScene, signIn } from '../support/login-scene.ts';
import { type PracticeMail, startPracticeMail } from '../support/practice-mail.ts';

describe.each(engines)('a server that sends invitations by mail (%s)', (engine) => {
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

  it('sends the link by itself, and says what became of it', async () => {
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

  it('takes a message back with its invitation, and lets people in whatever the mail server does', async () => {
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

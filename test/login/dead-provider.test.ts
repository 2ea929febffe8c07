import { describe, expect, it } from 'vitest';

import { circuitFailuresMax, circuitOpenMs } from '../../src/outbound/limits.ts';
import { openBrowser } from '../support/browser-client.ts';
import { engines } from '../support/databases.ts';
import type { Reply } from '../support/faulty-idp-replies.ts';
import { expectRefusal, hasSession, signIn, useLoginScene } from '../support/login-scene.ts';

const closing = (reply: Reply): Reply => ({ ...reply, fault: 'close' });
const unavailable = (reply: Reply): Reply => ({
  ...reply,
  status: 503,
  headers: { ...reply.headers, 'retry-after': '40' },
});

describe.each(engines)('a provider whose token endpoint is down (%s)', (engine) => {
  const scene = useLoginScene(engine);

  it('is paused after a few failures, probed later, and used again when it responds', async () => {
    const organization = await scene.addOrganization();
    const { idp } = organization;
    idp.mutate({ reply: { token: closing } });
    for (let time = 0; time < circuitFailuresMax; time += 1) {
      await expectRefusal(scene, 'idp_unreachable', () => signIn(scene, { organization }));
    }
    await expectRefusal(scene, 'idp_paused', () => signIn(scene, { organization }));
    expect(idp.count('token')).toBe(circuitFailuresMax);

    scene.clock.advance(circuitOpenMs);
    await expectRefusal(scene, 'idp_unreachable', () => signIn(scene, { organization }));
    await expectRefusal(scene, 'idp_paused', () => signIn(scene, { organization }));
    expect(idp.count('token')).toBe(circuitFailuresMax + 1);

    idp.mutate({ reply: {} });
    scene.clock.advance(circuitOpenMs);
    expect(hasSession((await signIn(scene, { organization })).browser)).toBe(true);
    expect(hasSession((await signIn(scene, { organization })).browser)).toBe(true);
  });

  it('shows the member a fixed message', async () => {
    const organization = await scene.addOrganization();
    organization.idp.mutate({ reply: { token: closing } });
    for (let time = 0; time < circuitFailuresMax; time += 1) await signIn(scene, { organization });
    const { answer, browser } = await signIn(scene, { organization });
    const page = await browser.visit(answer.location);
    expect(page.status).toBe(424);
    expect(page.text).toContain('Your identity provider is not responding.');
    expect(page.text).not.toContain(new URL(organization.idp.url).host);
  });

  it('H047: is paused for as long as its Retry-After says', async () => {
    const organization = await scene.addOrganization();
    organization.idp.mutate({ reply: { token: unavailable } });
    await expectRefusal(scene, 'idp_unreachable', () => signIn(scene, { organization }));
    organization.idp.mutate({ reply: {} });
    scene.clock.advance(39_999);
    await expectRefusal(scene, 'idp_paused', () => signIn(scene, { organization }));
    scene.clock.advance(1);
    expect(hasSession((await signIn(scene, { organization })).browser)).toBe(true);
  });

  it("stays available to other members although one member's sign-ins are refused repeatedly", async () => {
    const organization = await scene.addOrganization();
    const { idp } = organization;
    const mallory = openBrowser();
    for (const [status, body] of [
      [400, '{"error":"invalid_grant"}'],
      [401, '{"error":"invalid_client"}'],
      [500, 'a code that this provider cannot read'],
    ] as const) {
      idp.mutate({ reply: { token: (reply) => ({ ...reply, status, body }) } });
      for (let time = 0; time <= circuitFailuresMax; time += 1) {
        expect(hasSession((await signIn(scene, { organization, browser: mallory })).browser)).toBe(false);
      }
    }
    idp.mutate({ reply: {} });
    expect(hasSession((await signIn(scene, { organization })).browser)).toBe(true);
  });
});

import { expect } from 'vitest';

import { type BrowserClient, openBrowser, type PageAnswer } from '../support/browser-client.ts';
import {
  expectRefusal,
  hasSession,
  type LoginScene,
  loginUrl,
  type OrganizationOptions,
  type SceneOrganization,
  signIn,
} from '../support/login-scene.ts';

/**
 * Expects that a sign-in at a provider that misbehaves is refused with a code: the attempt's record is the only thing
 * that was written, there is no session, and a sign-in that the bystander's member began before ends well.
 */
export async function expectHeld(
  scene: LoginScene,
  code: string,
  options: OrganizationOptions = {},
): Promise<SceneOrganization> {
  const organization = await scene.addOrganization(options);
  await expectHeldAt(scene, code, organization);
  return organization;
}

/** The same at an organization that is there already. */
export async function expectHeldAt(scene: LoginScene, code: string, organization: SceneOrganization): Promise<void> {
  let hasSessionAfter = true;
  await expectRefusal(scene, code, async () => {
    const { answer, browser } = await signInOrFailToStart(scene, organization);
    hasSessionAfter = hasSession(browser);
    return answer;
  });
  expect(hasSessionAfter).toBe(false);
}

/** Expects that a sign-in at a provider with the given oddity succeeds. */
export async function expectAdmitted(scene: LoginScene, options: OrganizationOptions = {}): Promise<SceneOrganization> {
  const organization = await scene.addOrganization(options);
  await expectSignedIn(scene, organization);
  return organization;
}

/** Expects that a member gets in at an organization. */
export async function expectSignedIn(scene: LoginScene, organization: SceneOrganization): Promise<void> {
  const { answer, browser } = await signIn(scene, { organization });
  expect({ location: answer.location, hasSession: hasSession(browser) }).toEqual({
    location: expect.not.stringContaining('/login/error'),
    hasSession: true,
  });
}

// A provider may be refused before the browser leaves, or when it comes back.
async function signInOrFailToStart(
  scene: LoginScene,
  { slug, idp }: SceneOrganization,
): Promise<{ answer: PageAnswer; browser: BrowserClient }> {
  const browser = openBrowser();
  const start = await browser.visit(loginUrl(scene, { orgSlug: slug }));
  if (!start.location.startsWith(idp.url)) return { answer: start, browser };
  const { location } = await browser.visit(start.location);
  return { answer: await browser.visit(location), browser };
}

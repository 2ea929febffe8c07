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
 * Expects that a sign-in at a hostile provider is rejected with a code. Only the attempt's record is written, there is
 * no session, and a sign-in that the bystander's member started earlier succeeds.
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

/** The same at an existing organization. */
export async function expectHeldAt(scene: LoginScene, code: string, organization: SceneOrganization): Promise<void> {
  let hasSessionAfter = true;
  await expectRefusal(scene, code, async () => {
    const { answer, browser } = await signInOrFailToStart(scene, organization);
    hasSessionAfter = hasSession(browser);
    return answer;
  });
  expect(hasSessionAfter).toBe(false);
}

/** Expects that a sign-in at a provider with the given deviation succeeds. */
export async function expectAdmitted(scene: LoginScene, options: OrganizationOptions = {}): Promise<SceneOrganization> {
  const organization = await scene.addOrganization(options);
  await expectSignedIn(scene, organization);
  return organization;
}

/** Expects that a member can sign in at an organization. */
export async function expectSignedIn(scene: LoginScene, organization: SceneOrganization): Promise<void> {
  const { answer, browser } = await signIn(scene, { organization });
  expect({ location: answer.location, hasSession: hasSession(browser) }).toEqual({
    location: expect.not.stringContaining('/login/error'),
    hasSession: true,
  });
}

// A provider may be rejected before the redirect, or at the callback.
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

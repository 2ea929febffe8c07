import { expect } from 'vitest';

import { type Logger, silentLogger } from '../../src/kernel/logger.ts';
import type { Engine } from '../../src/storage/database.ts';
import { type BrowserClient, openBrowser, type PageAnswer } from '../support/browser-client.ts';
import {
  expectRefusal,
  hasSession,
  type LoginScene,
  loginUrl,
  openLoginScene,
  type OrganizationOptions,
  type SceneOrganization,
  signIn,
} from '../support/login-scene.ts';

/** A whole server with a good organization on it, beside which others are attacked or attack. */
export interface HostileScene extends LoginScene {
  readonly bystander: SceneOrganization;
}

export async function openHostileScene(
  engine: Engine,
  settings: Readonly<Record<string, string>> = {},
  logger: Logger = silentLogger,
): Promise<HostileScene> {
  const scene = await openLoginScene(engine, settings, logger);
  return { ...scene, bystander: await scene.addOrganization() };
}

/**
 * Expects that a sign-in at a provider that misbehaves is refused with a code: the attempt's record is the only thing
 * that was written, there is no session, and the bystander's sign-in works afterwards as before.
 */
export async function expectHeld(
  scene: HostileScene,
  code: string,
  options: OrganizationOptions = {},
): Promise<SceneOrganization> {
  const organization = await scene.addOrganization(options);
  await expectHeldAt(scene, code, organization);
  return organization;
}

/** The same at an organization that is there already. */
export async function expectHeldAt(scene: HostileScene, code: string, organization: SceneOrganization): Promise<void> {
  let hasSessionAfter = true;
  await expectRefusal(scene, code, async () => {
    const { answer, browser } = await signInOrFailToStart(scene, organization);
    hasSessionAfter = hasSession(browser);
    return answer;
  });
  expect(hasSessionAfter).toBe(false);
  await expectSignedIn(scene, scene.bystander);
}

/** Expects that a sign-in at a provider with the given oddity succeeds. */
export async function expectAdmitted(
  scene: HostileScene,
  options: OrganizationOptions = {},
): Promise<SceneOrganization> {
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

import { afterAll, beforeAll, expect, it } from 'vitest';

import { type LoginScene, openLoginScene, readToken, type SceneOrganization, signIn } from '../support/login-scene.ts';

const people = 40;

let scene: LoginScene;
let organization: SceneOrganization;

beforeAll(async () => {
  // The limit of sign-ins is the default. The clock of the scene is fixed, so everything happens within one minute.
  const limits = { SALLYPORT_RATE_LIMIT_AUTH: '5', SALLYPORT_RATE_LIMIT_SIGN_IN: '1200' };
  scene = await openLoginScene('sqlite', limits);
  organization = await scene.addOrganization();
});
afterAll(() => scene.close());

it('an office behind one IP address signs in within one minute, and password guessing gains nothing from it', async () => {
  for (let person = 0; person < people; person += 1) {
    const { browser } = await signIn(scene, { organization });
    expect((await readToken(scene, browser)).status).toBe(200);
  }
  const guess = { email: scene.boot.admin.email, password: 'not this one' };
  const statuses: number[] = [];
  for (let tries = 0; tries < 5; tries += 1) {
    statuses.push(
      (await scene.server.call('/api/v3/auth/login', { json: { ...guess, email: `x${tries}@acme.example` } })).status,
    );
  }
  // Setting up the server used one of the minute's five requests.
  expect(statuses.filter((status) => status === 429)).toHaveLength(1);
  const { browser } = await signIn(scene, { organization });
  expect((await readToken(scene, browser)).status).toBe(200);
});

import { request } from 'node:http';

import { beforeAll, describe, expect, it } from 'vitest';

import { attemptCookiesBytesMax, returnToLengthMax } from '../../src/contract/limits.ts';
import { type BrowserClient, openBrowser } from '../support/browser-client.ts';
import { type SceneOrganization, beginSignIn, hasSession, loginUrl, useLoginScene } from '../support/login-scene.ts';

/** The maximum length of a `returnTo`. */
const longest = `/${'x'.repeat(returnToLengthMax - 1)}`;

function bytesOf(browser: BrowserClient): number {
  return [...browser.cookies('localhost')].map((pair) => pair.join('=')).join('; ').length;
}

describe('the cookies of pending sign-ins', () => {
  let organization: SceneOrganization;

  const scene = useLoginScene('sqlite');
  beforeAll(async () => {
    organization = await scene.addOrganization();
  });

  const begin = (browser: BrowserClient, returnTo = longest) =>
    beginSignIn(scene, { organization, browser, query: { returnTo } });

  it('H352: a browser is never locked out, no matter how many sign-ins it starts or how long their targets are', async () => {
    const browser = openBrowser();
    let callback = await begin(browser);
    for (let count = 0; count < 12; count += 1) {
      callback = await begin(browser);
      expect(bytesOf(browser)).toBeLessThanOrEqual(attemptCookiesBytesMax);
      expect((await browser.visit(`${scene.server.url}/login`)).status).toBe(200);
    }
    const answer = await browser.visit(callback);
    expect([answer.location, hasSession(browser)]).toEqual([`${scene.server.url}${longest}`, true]);
  });

  it('H352: a browser keeps five pending sign-ins of the usual size', async () => {
    const browser = openBrowser();
    const callbacks = [];
    for (let count = 0; count < 5; count += 1) callbacks.push(await begin(browser, `/app/${count}`));
    for (const [count, callback] of callbacks.entries()) {
      expect((await browser.visit(callback)).location).toBe(`${scene.server.url}/app/${count}`);
    }
  });

  it.each([
    `/${'x'.repeat(returnToLengthMax)}`,
    // Twelve characters each after percent-encoding.
    `/${'\u{1F600}'.repeat(43)}`,
  ])('H352: rejects a return target that is too long and names the limit: %.20s', async (returnTo) => {
    const url = loginUrl(scene, { orgSlug: organization.slug, returnTo });
    const browser = openBrowser();
    const answer = await browser.visit(url, { headers: { accept: 'application/json' } });
    expect([answer.status, JSON.parse(answer.text).code]).toEqual([400, 'return_to_too_long']);
    const page = await browser.visit((await browser.visit(url)).location);
    expect(page.text).toContain('longer than 512 characters');
    expect(bytesOf(browser)).toBe(0);
  });

  it('H352: clears cookies of a browser that has more of them than the server reads', async () => {
    const name = (number: number) => `sallyport_attempt_0${String(number).padStart(8, '0')}_abcdefghijkl`;
    const cookie = Array.from({ length: 12 }, (_, number) => `${name(number)}=${'x'.repeat(1500)}`).join('; ');
    const answer = await new Promise<{ status: number; cleared: string[] }>((resolve, reject) => {
      const sent = request(`${scene.server.url}/login`, { headers: { cookie, accept: 'text/html' } }, (incoming) => {
        incoming.resume();
        resolve({ status: incoming.statusCode ?? 0, cleared: incoming.headers['set-cookie'] ?? [] });
      });
      sent.on('error', reject);
      sent.end();
    });
    expect(answer.status).toBe(431);
    // Fits into one read of the socket, so the next request has room.
    expect(answer.cleared.length).toBeGreaterThanOrEqual(8);
    for (const line of answer.cleared) expect(line).toMatch(/^sallyport_attempt_[\w-]+=; Max-Age=0; Path=\/;/u);
  });
});

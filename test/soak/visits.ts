import { randomBytes } from 'node:crypto';

import { type BrowserClient, openBrowser, type PageAnswer } from '../support/browser-client.ts';
import { call } from '../support/server.ts';
import type { Dice } from './dice.ts';
import type { Population, SoakOrganization } from './population.ts';
import { givesSession, type Tally } from './tally.ts';

/** The environment of a worker. */
export interface Soak {
  readonly url: string;
  /** The token of an instance admin. */
  readonly token: string;
  readonly population: Population;
  readonly tally: Tally;
}

/** One visit. The tally records what should not have happened. */
type Visit = (soak: Soak, dice: Dice) => Promise<void>;

/** The visits, with their weights. */
const visits: readonly (readonly [weight: number, visit: Visit])[] = [
  [45, signInHonestly],
  [25, signInAtHostileProvider],
  [14, comeBackWrongly],
  [4, askWrongly],
  [5, signInWhereSettingsChange],
  [3, changeSettings],
  [2, readSettings],
  [2, readAudit],
];
const weights = visits.reduce((sum, [weight]) => sum + weight, 0);

/** Makes one visit, chosen by the dice. */
export async function visitSomehow(soak: Soak, dice: Dice): Promise<void> {
  let place = dice.below(weights);
  for (const [weight, visit] of visits) {
    if (place < weight) return visit(soak, dice);
    place -= weight;
  }
}

const knownPeople = 20;
/** The statuses of a wrong request: those in the table of errors, except 500. */
const refusedStatuses = [400, 401, 403, 404, 422, 424, 429] as const;
/** The same, and those of a provider that is busy or paused. A sign-in elsewhere must not get them. */
const failedStatuses = [...refusedStatuses, 503] as const;

async function signInHonestly(soak: Soak, dice: Dice): Promise<void> {
  const organization = dice.pick(soak.population.honest);
  const browser = openBrowser();
  const callback = await begin(soak, { organization, browser, dice });
  if (callback === undefined) return soak.tally.fault(`honest sign-in at ${organization.slug} could not start`);
  const before = new Map(browser.cookies('localhost'));
  const answer = await browser.visit(callback.url);
  soak.tally.expect(answer, [302], 'honest callback');
  if (!givesSession(answer)) {
    const page = await browser.visit(answer.location);
    return soak.tally.fault(`honest sign-in at ${organization.slug} failed: ${answer.location} ${page.text}`);
  }
  admitted(soak, organization, callback.person);
  if (dice.happens(0.2)) await replay(soak, { url: callback.url, cookies: before });
  if (dice.happens(0.6)) await useSession(soak, { organization, browser, dice });
}

function admitted({ tally }: Soak, { slug }: SoakOrganization, person: string): void {
  tally.count('sessions');
  tally.people.add(`${slug}/${person}`);
}

/** Takes a browser to the provider and back, up to the callback but without it; `undefined` if it did not get there. */
async function begin(
  { url, tally }: Soak,
  { organization, browser, dice }: { organization: SoakOrganization; browser: BrowserClient; dice: Dice },
): Promise<{ url: URL; person: string } | undefined> {
  const start = await browser.visit(`${url}/api/v1/sso/oidc/login?orgSlug=${organization.slug}`);
  tally.expect(start, [302], 'start');
  if (!start.location.startsWith(organization.idp.url)) {
    tally.expect(await browser.visit(start.location), failedStatuses, 'page of a failed start');
    return undefined;
  }
  const person = dice.happens(0.85) ? `known-${dice.below(knownPeople)}` : `new-${dice.below(2 ** 31)}`;
  const back = await browser.visit(`${start.location}&person=${person}`);
  return { url: new URL(back.location), person };
}

// The session is refreshed, used and ended.
async function useSession(
  { url, tally }: Soak,
  { organization, browser, dice }: { organization: SoakOrganization; browser: BrowserClient; dice: Dice },
): Promise<void> {
  for (let times = 1 + dice.below(3); times > 0; times -= 1) {
    const refreshed = await browser.visit(`${url}/api/v1/auth/token`, { method: 'POST' });
    tally.expect(refreshed, [200], 'refresh');
    const { token, organizationId } = JSON.parse(refreshed.text);
    if (organizationId !== organization.id) tally.fault(`a session of ${organization.slug} is for ${organizationId}`);
    tally.expect(await call(`${url}/api/v2/users/me`, { token }), [200], 'read own user');
  }
  if (dice.happens(0.5)) return;
  const held = browser.cookies('localhost').get('jid') ?? '';
  tally.expect(await browser.visit(`${url}/api/v1/auth/logout`, { method: 'POST' }), [200], 'logout');
  const headers = { cookie: `jid=${held}` };
  const late = await openBrowser().visit(`${url}/api/v1/auth/token`, { method: 'POST', headers });
  tally.expect(late, [401], 'refresh after logout');
}

async function replay({ tally }: Soak, spent: { url: URL; cookies: Map<string, string> }): Promise<void> {
  const cookie = [...spent.cookies].map((pair) => pair.join('=')).join('; ');
  const answer = await openBrowser().visit(spent.url, { headers: { cookie } });
  refused(tally, answer, 'replayed callback');
}

function refused(tally: Tally, answer: PageAnswer, what: string): void {
  tally.expect(answer, [302], what);
  if (givesSession(answer)) tally.fault(`${what}: signed in, at ${answer.location}`);
  if (!answer.location.includes('/login/error?')) tally.fault(`${what}: led to ${answer.location}`);
}

async function signInAtHostileProvider(soak: Soak, dice: Dice): Promise<void> {
  const organization = dice.pick(soak.population.hostile);
  const browser = openBrowser();
  if (dice.happens(0.2)) {
    // A program, which gets JSON.
    const headers = { accept: 'application/json' };
    const answer = await browser.visit(`${soak.url}/api/v1/sso/oidc/login?orgSlug=${organization.slug}`, { headers });
    return soak.tally.expect(answer, [302, ...failedStatuses], 'start of a program');
  }
  const callback = await begin(soak, { organization, browser, dice });
  if (callback === undefined) return;
  const answer = await browser.visit(callback.url);
  refused(soak.tally, answer, 'callback of a hostile provider');
  soak.tally.expect(await browser.visit(answer.location), failedStatuses, 'page of a failed sign-in');
}

/** Manipulations of an honest provider's callback in the browser. */
const spoils: Readonly<Record<string, (url: URL, browser: BrowserClient) => BrowserClient>> = {
  'no cookie': () => openBrowser(),
  'another state': (url, browser) => {
    const state = url.searchParams.get('state') ?? '';
    url.searchParams.set('state', `${state.slice(0, -20)}${randomBytes(15).toString('base64url')}`);
    return browser;
  },
  'another code': (url, browser) => {
    url.searchParams.set('code', randomBytes(24).toString('base64url'));
    return browser;
  },
  'a denial': (url, browser) => {
    url.searchParams.delete('code');
    url.searchParams.set('error', 'access_denied');
    return browser;
  },
  'an unknown error': (url, browser) => {
    url.searchParams.set('error', randomBytes(300).toString('latin1'));
    return browser;
  },
  'another issuer': (url, browser) => {
    url.searchParams.set('iss', 'https://login.example');
    return browser;
  },
  'two states': (url, browser) => {
    url.searchParams.append('state', 'another');
    return browser;
  },
  'a random query': (url, browser) => {
    url.search = `?${randomBytes(400).toString('base64')}&state[]=%ff%00&=&&code`;
    return browser;
  },
  'an altered cookie': (_url, browser) => {
    const jar = browser.cookies('localhost');
    for (const [name, value] of jar) jar.set(name, `${value.slice(0, -9)}AAAAAAAAA`);
    return browser;
  },
};
const [firstSpoil = '', ...otherSpoils] = Object.keys(spoils);

async function comeBackWrongly(soak: Soak, dice: Dice): Promise<void> {
  const organization = dice.pick(soak.population.honest);
  const browser = openBrowser();
  const callback = await begin(soak, { organization, browser, dice });
  if (callback === undefined) return soak.tally.fault(`a sign-in at ${organization.slug} could not start`);
  const name = dice.pick([firstSpoil, ...otherSpoils]);
  const spoiled = spoils[name]?.(callback.url, browser) ?? browser;
  const answer = await spoiled.visit(callback.url);
  refused(soak.tally, answer, `callback with ${name}`);
  soak.tally.expect(await spoiled.visit(answer.location), refusedStatuses, 'page of a manipulated sign-in');
}

async function askWrongly({ url, tally }: Soak, dice: Dice): Promise<void> {
  const noise = encodeURIComponent(randomBytes(1 + dice.below(200)).toString('latin1'));
  const path = dice.pick([
    `/api/v1/sso/oidc/login?orgSlug=${noise}`,
    `/api/v1/sso/oidc/login?orgSlug=honest-0&returnTo=${noise}`,
    `/api/v1/sso/oidc/login?orgSlug=honest-0&callbackPort=${noise}`,
    `/api/v1/sso/oidc/login?email=${noise}&domain=${noise}`,
    `/api/v1/sso/oidc/callback?${noise}`,
    `/login/error?attempt=${noise}`,
    `/${noise}`,
  ]);
  tally.expect(await openBrowser().visit(`${url}${path}`), [200, 302, ...refusedStatuses], 'a wrong request');
  const forged = { cookie: `jid=${noise}` };
  const answer = await openBrowser().visit(`${url}/api/v1/auth/token`, { method: 'POST', headers: forged });
  tally.expect(answer, [401], 'refresh with a forged cookie');
}

async function signInWhereSettingsChange(soak: Soak, dice: Dice): Promise<void> {
  const organization = dice.pick(soak.population.restless);
  const browser = openBrowser();
  const callback = await begin(soak, { organization, browser, dice });
  if (callback === undefined) return soak.tally.fault(`a sign-in at ${organization.slug} could not start`);
  const answer = await browser.visit(callback.url);
  soak.tally.expect(answer, [302], 'callback while settings change');
  if (givesSession(answer)) return admitted(soak, organization, callback.person);
  // The connection has changed since the sign-in started.
  soak.tally.expect(await browser.visit(answer.location), [400], 'page of changed settings');
}

const configPath = '/api/v1/sso/oidc/config';

async function changeSettings({ url, token, population, tally }: Soak, dice: Dice): Promise<void> {
  const { id: organizationId, slug } = dice.pick(population.restless);
  const allowedEmailDomains = `${slug}.example, also-${dice.below(1_000_000)}.example`;
  const json = { organizationId, allowedEmailDomains };
  tally.expect(await call(`${url}${configPath}`, { method: 'PATCH', token, json }), [200], 'change of settings');
}

async function readSettings({ url, token, population, tally }: Soak, dice: Dice): Promise<void> {
  const { id } = dice.pick([...population.honest, ...population.restless, ...population.hostile]);
  tally.expect(await call(`${url}${configPath}?organizationId=${id}`, { token }), [200], 'read of settings');
}

async function readAudit({ url, token, population, tally }: Soak, dice: Dice): Promise<void> {
  const { id } = dice.pick([...population.honest, ...population.hostile]);
  const filter = dice.happens(0.5) ? '&eventType=session-start' : '';
  const path = `/api/v1/organization/audit-logs?organizationId=${id}${filter}&offset=${dice.below(100)}`;
  tally.expect(await call(`${url}${path}`, { token }), [200], 'read of the audit trail');
}

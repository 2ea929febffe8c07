import { randomUUID } from 'node:crypto';

import { sql } from 'kysely';
import { expect } from 'vitest';

import type { SignatureAlgorithm } from '../../src/contract/algorithms.ts';
import { attemptLifetimeSeconds } from '../../src/contract/limits.ts';
import type { CreateOidcConfigBody, UpdateOidcConfigBody } from '../../src/contract/oidc-config.ts';
import type { AttemptRow } from '../../src/login/queries.ts';
import type { Engine, Tx } from '../../src/storage/database.ts';
import { type BrowserClient, openBrowser, type PageAnswer } from './browser-client.ts';
import { type FaultyIdp, type FaultyIdpOptions, startFaultyIdp } from './faulty-idp.ts';
import { type FixedClock, fixedClock } from './faulty-idp-sign-in.ts';
import {
  type Answer,
  type Bootstrapped,
  bootstrap,
  type ServerOptions,
  startTestServer,
  type TestServer,
} from './server.ts';
import { expectOnlyRecordOf, expectUntouched, readEverything } from './stored-rows.ts';
import { sharedFixture } from './shared-fixture.ts';

/** An organization with an identity provider of its own. */
export interface SceneOrganization {
  readonly id: string;
  readonly slug: string;
  readonly idp: FaultyIdp;
}

export interface OrganizationOptions {
  /** An organization that exists already; otherwise one is made. */
  readonly existing?: { readonly id: string; readonly slug: string };
  /** The slug of the one that is made. */
  readonly slug?: string;
  /**
   * The algorithm of the provider and of the connection; elliptic curves by default, because their keys are created
   * quickly.
   */
  readonly algorithm?: SignatureAlgorithm;
  readonly idp?: FaultyIdpOptions;
  /** Settings of the connection that differ from the default. */
  readonly config?: Partial<CreateOidcConfigBody>;
  /** Configures four endpoints and the issuer instead of the discovery document. */
  readonly isCustom?: boolean;
}

/** A whole server with its clock, and organizations with sign-ins. */
export interface LoginScene {
  readonly server: TestServer;
  readonly clock: FixedClock;
  readonly boot: Bootstrapped;
  addOrganization(options?: OrganizationOptions): Promise<SceneOrganization>;
  /** Sends a request to the connection's endpoint as the instance admin. */
  changeConfig(organization: SceneOrganization, change: Partial<UpdateOidcConfigBody>): Promise<Answer>;
  deleteConfig(organization: SceneOrganization): Promise<Answer>;
  /**
   * An organization that is not attacked, created when it is first used. A sign-in there continues beside each refusal.
   */
  bystander(): Promise<SceneOrganization>;
  close(): Promise<void>;
}

type SceneWorld = Pick<ServerOptions, 'logger' | 'standBefore' | 'passwordCost' | 'createThread'>;

/** A scene that the tests of one `describe` share. */
export function useLoginScene(
  engine: Engine,
  settings: Readonly<Record<string, string>> = {},
  world: SceneWorld = {},
): LoginScene {
  return sharedFixture(async () => openLoginScene(engine, settings, world));
}

/** Starts a server and sets it up; its clock does not move. */
export async function openLoginScene(
  engine: Engine,
  settings: Readonly<Record<string, string>> = {},
  world: SceneWorld = {},
): Promise<LoginScene> {
  const clock = fixedClock();
  const server = await startTestServer({ engine, clock, settings, ...world });
  const boot = await bootstrap(server);
  const providers: FaultyIdp[] = [];
  const { token } = boot;
  const configUrl = '/api/v1/sso/oidc/config';
  let bystander: Promise<SceneOrganization> | undefined;

  const scene: LoginScene = {
    server,
    clock,
    boot,
    addOrganization: async ({ existing, algorithm = 'ES256', idp: idpOptions, config, ...options } = {}) => {
      const { id, slug } = existing ?? (await createOrganization(server, token, options.slug));
      const idp = await startFaultyIdp({ clock, algorithm, ...idpOptions });
      providers.push(idp);
      const place = options.isCustom
        ? customPlace(idp)
        : { configurationType: 'discoveryURL', discoveryURL: idp.discoveryUrl };
      const { clientId, clientSecret } = idp;
      const client = { clientId, clientSecret, jwtSignatureAlgorithm: algorithm };
      const json = { organizationId: id, isActive: true, ...client, ...place, ...config };
      const { status, text } = await server.call(configUrl, { token, json });
      if (status !== 200) throw new Error(text);
      return { id, slug, idp };
    },
    changeConfig: (organization, change) =>
      server.call(configUrl, { method: 'PATCH', token, json: { organizationId: organization.id, ...change } }),
    deleteConfig: (organization) =>
      server.call(`${configUrl}?organizationId=${organization.id}`, { method: 'DELETE', token }),
    bystander: async () => (bystander ??= scene.addOrganization({ idp: { claims: bystandingMember } })),
    close: async () => {
      await Promise.all(providers.map((idp) => idp.close()));
      await server.close();
    },
  };
  return scene;
}

const bystandingMember = { sub: 'subject-of-bo', email: 'bo@beside.example', email_verified: true, given_name: 'Bo' };

async function createOrganization(
  server: TestServer,
  token: string,
  slug = `org-${randomUUID()}`,
): Promise<{ id: string; slug: string }> {
  const json = { name: `Organization ${slug}`, slug };
  const { body } = await server.call('/api/v2/organizations', { token, json });
  return body.organization;
}

function customPlace({ issuer, endpoints }: FaultyIdp) {
  return {
    configurationType: 'custom',
    issuer,
    authorizationEndpoint: endpoints.authorization,
    tokenEndpoint: endpoints.token,
    jwksUri: endpoints.keys,
    userinfoEndpoint: endpoints.userinfo,
  };
}

/** Where a browser starts a sign-in. */
export function loginUrl({ server }: LoginScene, query: Readonly<Record<string, string>>): string {
  return `${server.url}/api/v1/sso/oidc/login?${new URLSearchParams(query).toString()}`;
}

/** Takes a browser to the identity provider; returns the callback, which the browser has not visited. */
export async function beginSignIn(
  scene: LoginScene,
  { organization, browser, query = {} }: SignInOptions & { browser: BrowserClient },
): Promise<URL> {
  const start = await browser.visit(loginUrl(scene, { orgSlug: organization.slug, ...query }));
  if (!start.location.startsWith(organization.idp.url)) throw new Error(`no way to the provider: ${start.location}`);
  return new URL((await browser.visit(start.location)).location);
}

export interface SignInOptions {
  readonly organization: SceneOrganization;
  readonly browser?: BrowserClient;
  readonly query?: Readonly<Record<string, string>>;
}

/** A whole sign-in, by default in a new browser; returns the response of the callback. */
export async function signIn(
  scene: LoginScene,
  { browser = openBrowser(), ...options }: SignInOptions,
): Promise<{ answer: PageAnswer; browser: BrowserClient }> {
  const answer = await browser.visit(await beginSignIn(scene, { browser, ...options }));
  return { answer, browser };
}

/**
 * Starts a sign-in at the bystander organization. The returned function finishes it, starts again if its time is over,
 * and expects a session.
 */
async function beginBeside(scene: LoginScene): Promise<() => Promise<void>> {
  const organization = await scene.bystander();
  const browser = openBrowser();
  const begunAtMs = scene.clock.nowMs();
  const callback = await beginSignIn(scene, { organization, browser });
  return async () => {
    const isOver = scene.clock.nowMs() - begunAtMs > attemptLifetimeSeconds * 1000;
    await browser.visit(isOver ? await beginSignIn(scene, { organization, browser }) : callback);
    expect({ atBystander: hasSession(browser) }).toEqual({ atBystander: true });
  };
}

/** Exchanges the browser's refresh cookie for an access token, as the application's page does. */
export async function readToken(
  { server }: LoginScene,
  browser: BrowserClient,
): Promise<{ status: number; token: string; organizationId: string | undefined }> {
  const { status, text } = await browser.visit(`${server.url}/api/v1/auth/token`, { method: 'POST' });
  const { token = '', organizationId } = JSON.parse(text);
  return { status, token, organizationId };
}

/** Whether a browser got a session. */
export function hasSession(browser: BrowserClient): boolean {
  return browser.cookies('localhost').has('jid');
}

const accountTables = ['users', 'memberships', 'user_identities', 'sessions', 'group_memberships'] as const;

/** The row counts of the tables that a sign-in writes to, and the number of recorded attempts. */
export async function countRows({
  server,
}: LoginScene): Promise<{ accounts: Record<string, number>; attempts: number }> {
  const count = async (table: string) => {
    const { rows } = await sql<{ count: number }>`select count(*) as count from ${sql.table(table)}`.execute(
      server.database.db,
    );
    return Number(rows[0]?.count);
  };
  const accounts: Record<string, number> = {};
  for (const table of accountTables) accounts[table] = await count(table);
  return { accounts, attempts: await count('login_attempts') };
}

export async function findAttempt({ server }: LoginScene, id: string): Promise<AttemptRow | undefined> {
  return server.database.db.selectFrom('login_attempts').selectAll().where('id', '=', id).executeTakeFirst();
}

/**
 * Expects that a browser is redirected to the page of a failed sign-in whose record has a code, that only this record
 * was written to the
 * whole database, and that a user who was signing in at another organization meanwhile succeeds.
 */
export async function expectRefusal(
  scene: LoginScene,
  code: string,
  act: () => Promise<PageAnswer | { answer: PageAnswer }>,
): Promise<AttemptRow> {
  const finishBeside = await beginBeside(scene);
  const before = await readEverything(scene.server.database);
  const acted = await act();
  const answer = 'answer' in acted ? acted.answer : acted;
  const place = URL.parse(answer.location);
  const id = place?.searchParams.get('attempt') ?? attemptIdOnPage(answer);
  const attempt = await findAttempt(scene, id);
  // A failure of the server itself has its own status, without a redirect.
  const page =
    code === 'internal_error' ? { status: 500, pathname: undefined } : { status: 302, pathname: '/login/error' };
  const told = { outcome: attempt?.outcome, code: attempt?.code };
  expect({ status: answer.status, pathname: place?.pathname, ...told }).toEqual({ ...page, outcome: 'refused', code });
  await expectOnlyRecordOf(scene.server.database, before, id);
  expect(setCookieNames(answer)).not.toContain('jid');
  await finishBeside();
  if (attempt === undefined) throw new Error('the attempt was there a moment ago');
  return attempt;
}

// The page shows it in groups, each in its own element.
function attemptIdOnPage({ text }: PageAnswer): string {
  const shown = /class="attempt">(.*?)<\/code>/s.exec(text)?.[1] ?? '';
  return shown.replaceAll(/<[^>]*>|\s/g, '');
}

/** Submits the page that asks whether a sign-in may replace the session of another account. */
export async function answerSwitch(
  { server }: LoginScene,
  browser: BrowserClient,
  choice: 'switch' | 'stay',
): Promise<PageAnswer> {
  const url = `${server.url}/login/switch`;
  const csrfToken = /name="csrfToken" value="([^"]+)"/u.exec((await browser.visit(url)).text)?.[1] ?? '';
  return browser.visit(url, { form: { choice, csrfToken } });
}

/** The same for a refusal without a sign-in attempt: nothing is written. */
export async function expectTurnedAway(
  scene: LoginScene,
  code: string,
  act: () => Promise<PageAnswer | { answer: PageAnswer }>,
): Promise<void> {
  const finishBeside = await beginBeside(scene);
  const before = await readEverything(scene.server.database);
  const acted = await act();
  const answer = 'answer' in acted ? acted.answer : acted;
  const { origin, pathname, searchParams } = new URL(answer.location);
  expect([answer.status, `${origin}${pathname}`]).toEqual([302, `${scene.server.url}/login/error`]);
  expect([searchParams.get('code'), searchParams.get('attempt')]).toEqual([code, null]);
  await expectUntouched(scene.server.database, before);
  expect(setCookieNames(answer)).not.toContain('jid');
  await finishBeside();
}

export function setCookieNames({ headers }: PageAnswer): string[] {
  return headers.getSetCookie().map((line) => line.slice(0, line.indexOf('=')));
}

/** Changes rows outside the server, if no endpoint can do it. */
export async function tamper({ server }: LoginScene, change: (tx: Tx) => Promise<unknown>): Promise<void> {
  await server.database.transaction(async (tx) => void (await change(tx)));
}

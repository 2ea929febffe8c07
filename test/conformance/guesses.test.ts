import { randomUUID } from 'node:crypto';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createCryptoThread } from '../../src/costly-work/crypto-thread.ts';
import { addMachine, addMember, addOrganization, logIn, refreshCookieOf, signIn } from '../support/callers.ts';
import { engines } from '../support/databases.ts';
import { invite } from '../support/invitations.ts';
import { configUrl, customConfig } from '../support/oidc-config-body.ts';
import { type Answer, type Bootstrapped, bootstrap, startTestServer, type TestServer } from '../support/server.ts';
import { type SentStatement, watchStatements } from '../support/statements.ts';

// The tests measure no time. Equal time follows from equal work: the database gets the same statements, the parts that
// a guess changes contain nothing of the secret, and the same number of passwords is hashed.
describe.each(engines)('timing reveals nothing to a guesser (%s)', (engine) => {
  let server: TestServer;
  let boot: Bootstrapped;
  let sent: SentStatement[];
  let hashed = 0;

  beforeAll(async () => {
    server = await startTestServer({
      engine,
      createThread: () => {
        const thread = createCryptoThread();
        return {
          ...thread,
          run: async (job) => {
            if (job.kind === 'argon2id') hashed += 1;
            return thread.run(job);
          },
        };
      },
      standBefore: (database) => {
        const watched = watchStatements(database);
        ({ sent } = watched);
        return watched.database;
      },
    });
    boot = await bootstrap(server);
  });
  afterAll(async () => {
    await server.close();
  });

  /** The work for one request, after everything before it has ended. */
  async function workOf(request: () => Promise<Answer>) {
    const [from, before] = [sent.length, hashed];
    const answer = await request();
    // Webhook deliveries run in the background.
    const statements = sent.slice(from).filter(({ sql }) => !sql.includes('audit_webhooks'));
    const body = { ...answer.body, reqId: '' };
    return { answer: { status: answer.status, body }, statements, passwordsHashed: hashed - before };
  }

  const sqlOf = ({ statements }: Awaited<ReturnType<typeof workOf>>) => statements.map(({ sql }) => sql);

  /** Expects the same response and the same work for every request; returns the database statements of each. */
  async function expectSameWork(requests: readonly (() => Promise<Answer>)[]): Promise<readonly SentStatement[][]> {
    const works = [];
    for (const request of requests) works.push(await workOf(request));
    const [first] = works;
    expect(first?.statements.length).toBeGreaterThan(0);
    for (const work of works) {
      expect(work.answer).toEqual(first?.answer);
      expect(sqlOf(work)).toEqual(first && sqlOf(first));
      expect(work.passwordsHashed).toBe(first?.passwordsHashed);
    }
    return works.map(({ statements }) => statements);
  }

  const start = (query: Record<string, string>) => () =>
    server.call(`/api/v1/sso/oidc/login?${new URLSearchParams(query).toString()}`, {
      headers: { accept: 'application/json' },
    });

  it('H131: an unknown organization and one without a connection cost the same queries', async () => {
    const { token } = boot;
    const inactive = await addOrganization(server, boot);
    const json = { ...customConfig(inactive), isActive: false };
    expect((await server.call(configUrl, { token, json })).status).toBe(200);
    const { body } = await server.call(`/api/v1/organization/${inactive}`, { token });
    const slugs = ['no-such-organization', body.organization.slug, boot.slug];
    await expectSameWork(slugs.map((orgSlug) => start({ orgSlug })));
  });

  it('H131: an unclaimed domain and a domain of an organization without a connection cost the same queries', async () => {
    await ownDomain(await addOrganization(server, boot), 'owned.example');
    for (const of of ['domain', 'email']) {
      const named = (domain: string) => start({ [of]: of === 'email' ? `alice@${domain}` : domain });
      await expectSameWork([named('nobody.example'), named('owned.example')]);
    }
  });

  /** Makes an organization the owner of a domain, as after a verification. */
  async function ownDomain(organizationId: string, domain: string): Promise<void> {
    const nowMs = Date.now();
    const times = { code_expires_at: null, verified_at: nowMs, last_seen_at: nowMs, last_checked_at: nowMs };
    const row = {
      id: randomUUID(),
      organization_id: organizationId,
      domain,
      status: 'verified',
      record_name: `_sallyport.${domain}`,
      record_value: 'sallyport=x',
      ...times,
      grace_ends_at: null,
      next_check_at: nowMs + 3_600_000,
      revision: 1,
      created_at: nowMs,
      updated_at: nowMs,
    } as const;
    await server.database.transaction(async (tx) => void (await tx.insertInto('email_domains').values(row).execute()));
  }

  it('H270: an unknown address and a wrong password each cost one password hash', async () => {
    const { email, password } = boot.admin;
    const login = (json: object) => () => server.call('/api/v3/auth/login', { json });
    // The first failure starts the server's audit trail.
    await login({ email, password: 'x' })();
    const before = hashed;
    await expectSameWork([
      login({ email, password: `${password}x` }),
      login({ email: 'nobody@acme.example', password }),
      login({ email: 'somebody@acme.example', password: 'x' }),
    ]);
    expect(hashed - before).toBe(3);
  });

  /** Guesses that match none, half, and all but the last character of the secret. */
  function guessesOf(secret: string): string[] {
    const turned = secret.replaceAll(/./g, (sign) => (sign === 'A' ? 'B' : 'A'));
    const lengths = [0, Math.floor(secret.length / 2), secret.length - 1];
    return lengths.map((length) => secret.slice(0, length) + turned.slice(length));
  }

  /**
   * Expects the same rejection and the same work for guesses that are ever closer to a secret. The database must get
   * only digests of them, which share nothing with the secret's digest.
   */
  async function expectNothingOfSecret(secret: string, ask: (guess: string) => Promise<Answer>): Promise<void> {
    const guesses = guessesOf(secret);
    const statements = await expectSameWork(guesses.map((guess) => () => ask(guess)));
    const texts = statements.map((each) => each.flatMap(({ parameters }) => parameters.map(String)));
    const parts = [secret, ...guesses].flatMap((text) => text.match(/.{6}/g) ?? []);
    for (const text of texts.flat()) expect(parts.filter((part) => text.includes(part))).toEqual([]);
  }

  it('H223: a client secret of a machine identity cannot be guessed character by character', async () => {
    const settings = { lockoutEnabled: false };
    const machine = await addMachine(server, boot, { organizationId: boot.organizationId, role: 'member', settings });
    await expectNothingOfSecret(machine.clientSecret, (clientSecret) => logIn(server, { ...machine, clientSecret }));
    expect((await logIn(server, machine)).status).toBe(200);
  });

  it('H223: a refresh token cannot be guessed character by character', async () => {
    const cookie = refreshCookieOf(await signIn(server, boot.admin)) ?? '';
    const refresh = (headers: { cookie: string }) => server.call('/api/v1/auth/token', { method: 'POST', headers });
    const [sessionId = '', family = '', secret = ''] = cookie.split('.');
    await expectNothingOfSecret(family, (guess) => refresh({ cookie: [sessionId, guess, secret].join('.') }));
    expect((await refresh({ cookie })).status).toBe(200);
  });

  it('H223: a break-glass code cannot be guessed character by character', async () => {
    const { organizationId } = boot;
    const admin = await addMember(server, boot, { organizationId, role: 'admin' });
    const path = `/api/v1/organization/${organizationId}/break-glass-codes`;
    const made = await server.call(path, { method: 'POST', token: admin.token });
    const { email } = admin;
    const use = (code: string) =>
      server.call('/api/v1/auth/break-glass', { json: { organizationSlug: boot.slug, email, code } });
    await expectNothingOfSecret(made.body.codes[0], use);
    expect((await use(made.body.codes[0])).status).toBe(200);
  });

  it('H223: an invitation link cannot be guessed character by character', async () => {
    const of = { token: boot.token, organizationId: boot.organizationId };
    const { token } = await invite(server, of, { email: 'wanted@acme.example', role: 'member' });
    const open = (guess: string) => server.call(`/invitation?token=${guess}`);
    await expectNothingOfSecret(token, open);
    expect((await open(token)).status).toBe(200);
  });

  it('H223: reads the claims of an access token only after its signature is verified', async () => {
    const { token } = boot;
    const [header = '', claims = '', signature = ''] = token.split('.');
    // Only two bits of the last character are part of the signature, so a different character can give the same
    // signature.
    const parts = guessesOf(signature.slice(0, -1)).map((guess) => [header, claims, `${guess}A`].join('.'));
    for (const guess of parts) {
      const { answer, statements } = await workOf(() => server.call('/api/v1/identities/details', { token: guess }));
      expect(answer).toMatchObject({ status: 403, body: { code: 'token_invalid' } });
      expect(statements).toEqual([]);
    }
    expect((await server.call('/api/v1/identities/details', { token })).status).toBe(200);
  });
});

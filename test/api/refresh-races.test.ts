import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { openAuditTrail } from '../../src/audit/open-audit-trail.ts';
import { silentLogger } from '../../src/kernel/logger.ts';
import { systemRandom } from '../../src/kernel/random.ts';
import { dataKeyLeadSeconds } from '../../src/storage/keys/limits.ts';
import { type LiveKeyring, openKeyring } from '../../src/storage/keys/keyring.ts';
import { rotateDataKey } from '../../src/storage/keys/rotate-data-key.ts';
import { createSessions, type Sessions } from '../../src/sessions/sessions.ts';
import { spentTokenGraceSeconds, spentTokensMax } from '../../src/sessions/spent-tokens.ts';
import { refreshCookieOf, signIn } from '../support/callers.ts';
import { engines } from '../support/databases.ts';
import { type Answer, type Bootstrapped, bootstrap, startTestServer, type TestServer } from '../support/server.ts';
import { createStillClock } from '../support/still-clock.ts';

const clientInfo = { ipAddress: '127.0.0.1', userAgent: 'test' };

describe.each(engines)('a refresh token that is sent twice (%s)', (engine) => {
  const clock = createStillClock();
  let server: TestServer;
  let boot: Bootstrapped;

  beforeAll(async () => {
    server = await startTestServer({ engine, clock });
    boot = await bootstrap(server);
  });
  afterAll(async () => {
    await server.close();
  });

  const refresh = async (cookie: string | undefined): Promise<Answer> =>
    server.call('/api/v1/auth/token', { method: 'POST', headers: { cookie: cookie ?? '' } });
  const logout = async (cookie: string | undefined): Promise<Answer> =>
    server.call('/api/v1/auth/logout', { method: 'POST', headers: { cookie: cookie ?? '' } });
  const newCookie = async () => refreshCookieOf(await signIn(server, boot.admin));
  const statusOfMe = async (token: string) => (await server.call('/api/v2/users/me', { token })).status;
  const reuses = async () => {
    const events = server.database.db.selectFrom('audit_events').select('event_type');
    return (await events.where('event_type', '=', 'refresh-token-reuse').execute()).length;
  };

  it('H350: yields the same successor and a working access token for every concurrent request', async () => {
    const before = await reuses();
    const cookie = await newCookie();
    const answers = await Promise.all(Array.from({ length: 6 }, () => refresh(cookie)));
    expect(answers.map(({ status }) => status)).toEqual(Array.from({ length: 6 }, () => 200));
    const successors = new Set(answers.map(refreshCookieOf));
    expect(successors.size).toBe(1);
    expect(successors.has(cookie)).toBe(false);
    for (const { body } of answers) expect(await statusOfMe(body.token)).toBe(200);
    for (const successor of successors) expect((await refresh(successor)).status).toBe(200);
    expect(await reuses()).toBe(before);
  });

  it('H350: yields the same successor for ten seconds, wherever the response was lost', async () => {
    const cookie = await newCookie();
    const first = await refresh(cookie);
    clock.advanceSeconds(spentTokenGraceSeconds);
    const again = await refresh(cookie);
    expect([again.status, refreshCookieOf(again)]).toEqual([200, refreshCookieOf(first)]);
    expect(again.headers.getSetCookie()[0]).toMatch(/; Max-Age=43190; Path=\/; HttpOnly; SameSite=Lax$/u);
    expect((await refresh(refreshCookieOf(again))).status).toBe(200);
  });

  it('H284: ends the session if it was spent more than ten seconds ago', async () => {
    const before = await reuses();
    const cookie = await newCookie();
    const second = await refresh(cookie);
    clock.advanceSeconds(spentTokenGraceSeconds + 1);
    const reused = await refresh(cookie);
    expect(reused).toMatchObject({ status: 401, body: { code: 'refresh_token_invalid' } });
    expect(reused.headers.getSetCookie()).toEqual([expect.stringMatching(/^jid=; Max-Age=0;/u)]);
    expect((await refresh(refreshCookieOf(second))).status).toBe(401);
    expect(await statusOfMe(second.body.token)).toBe(403);
    expect(await reuses()).toBe(before + 1);
  });

  it('H350: is refused, without ending the session, if its successor was exchanged too', async () => {
    const before = await reuses();
    const cookie = await newCookie();
    const second = await refresh(cookie);
    const third = await refresh(refreshCookieOf(second));
    const late = await refresh(cookie);
    expect(late).toMatchObject({ status: 401, body: { code: 'refresh_token_superseded' } });
    // By then the browser has the newest cookie, and keeps it.
    expect(late.headers.getSetCookie()).toEqual([]);
    expect(await statusOfMe(third.body.token)).toBe(200);
    expect((await refresh(refreshCookieOf(third))).status).toBe(200);
    expect(await reuses()).toBe(before);
  });

  it('H284: ends the session if an ancestor of any generation was spent more than ten seconds ago', async () => {
    const chain = [await newCookie()];
    for (let links = 0; links < 3; links += 1) {
      chain.push(refreshCookieOf(await refresh(chain.at(-1))));
      clock.advanceSeconds(6);
    }
    // Exchanged 18, 12 and 6 seconds ago; the last is current.
    expect((await refresh(chain[2])).status).toBe(200);
    expect((await refresh(chain[1])).body.code).toBe('refresh_token_invalid');
    expect((await refresh(chain[3])).status).toBe(401);
  });

  it('H284: ends the session if more tokens were exchanged within ten seconds than it remembers', async () => {
    const first = await newCookie();
    let cookie = first;
    for (let count = 0; count <= spentTokensMax; count += 1) cookie = refreshCookieOf(await refresh(cookie));
    expect((await refresh(first)).body.code).toBe('refresh_token_invalid');
    expect((await refresh(cookie)).status).toBe(401);
  });

  it('H284: does not become valid again when the clock is set back', async () => {
    const cookie = await newCookie();
    await refresh(cookie);
    clock.advanceSeconds(-3600);
    const answer = await refresh(cookie);
    clock.advanceSeconds(3600);
    expect(answer.body.code).toBe('refresh_token_invalid');
  });

  it('H285: gets no successor after the session ended, and a logout with a spent token ends it', async () => {
    for (const seconds of [0, spentTokenGraceSeconds + 1]) {
      const cookie = await newCookie();
      const second = await refresh(cookie);
      clock.advanceSeconds(seconds);
      // The tab that logs out has not seen the other tab's new cookie.
      expect((await logout(cookie)).status).toBe(200);
      expect(await statusOfMe(second.body.token)).toBe(403);
      for (const each of [cookie, refreshCookieOf(second)]) {
        expect(await refresh(each)).toMatchObject({ status: 401, body: { code: 'refresh_token_invalid' } });
      }
    }
  });

  it('H285: ends with a concurrent logout', async () => {
    for (let round = 0; round < 8; round += 1) {
      const cookie = await newCookie();
      const [refreshed] = await Promise.all([refresh(cookie), logout(cookie)]);
      if (refreshed.status === 200) expect(await statusOfMe(refreshed.body.token)).toBe(403);
      for (const each of [cookie, refreshCookieOf(refreshed)]) expect((await refresh(each)).status).toBe(401);
    }
  });

  it('H350: leaves nothing in the database that could be redeemed', async () => {
    const cookie = (await newCookie()) ?? '';
    const successor = refreshCookieOf(await refresh(cookie)) ?? '';
    const sessions = JSON.stringify(await server.database.db.selectFrom('sessions').selectAll().execute());
    const secrets = [cookie, successor].flatMap((each) => each.split('.').slice(1));
    for (const secret of secrets) expect(sessions).not.toContain(secret);
  });

  describe('at another process', () => {
    /** The sessions of a process that opened the database itself: another node, or the same one after a restart. */
    async function openSessions(): Promise<{ sessions: Sessions; keyring: LiveKeyring }> {
      const world = {
        database: server.database,
        rootKey: server.rootKey,
        clock,
        random: systemRandom,
        logger: silentLogger,
      };
      const keyring = await openKeyring(world);
      const { database, append: audit } = await openAuditTrail({ ...world, keyring });
      return { sessions: createSessions({ ...world, database, audit, keyring }), keyring };
    }
    const tokenOf = (cookie: string | undefined) => cookie?.replace('jid=', '') ?? '';

    it('H350: yields the same successor after a crash that lost the response', async () => {
      const cookie = await newCookie();
      const answered = await refresh(cookie);
      const { sessions } = await openSessions();
      const again = await sessions.refresh(tokenOf(cookie), clientInfo);
      expect(again.refreshToken).toBe(tokenOf(refreshCookieOf(answered)));
    });

    it('H350: yields the same successor if the data key changes in between', async () => {
      const rotation = { rootKey: server.rootKey, clock, random: systemRandom };
      await server.database.transaction((tx) => rotateDataKey(rotation, tx));
      const [one, other] = [await openSessions(), await openSessions()];
      clock.advanceSeconds(dataKeyLeadSeconds - 1);
      const token = tokenOf(await newCookie());
      const keyBefore = one.keyring.currentKeyId();
      const first = await one.sessions.refresh(token, clientInfo);
      clock.advanceSeconds(2);
      expect(other.keyring.currentKeyId()).not.toBe(keyBefore);
      for (const { sessions } of [other, one]) {
        expect((await sessions.refresh(token, clientInfo)).refreshToken).toBe(first.refreshToken);
      }
    });

    it('H350: keeps working after the data key of the successor was retired', async () => {
      const { keyring } = await openSessions();
      const token = tokenOf(await newCookie());
      const world = { database: server.database, clock, random: systemRandom, logger: silentLogger };
      const { database, append: audit } = await openAuditTrail({ ...world, keyring });
      const withoutKey = { currentKeyId: () => keyring.currentKeyId(), derive: () => undefined };
      const deps = { ...world, database, audit };
      const first = await createSessions({ ...deps, keyring }).refresh(token, clientInfo);
      const late = createSessions({ ...deps, keyring: withoutKey }).refresh(token, clientInfo);
      await expect(late).rejects.toMatchObject({ code: 'refresh_token_superseded' });
      expect(
        (await createSessions({ ...deps, keyring }).refresh(first.refreshToken, clientInfo)).session,
      ).toBeDefined();
    });
  });
});

import { randomUUID } from 'node:crypto';

import { CompiledQuery, type KyselyPlugin, sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { asId, type OrganizationId, type UserId } from '../../src/contract/ids.ts';
import { deleteSessionsBefore, findActiveConfig, findSignInSettings } from '../../src/login/queries.ts';
import { findMemberRoles } from '../../src/access/queries.ts';
import { findKnownAccount, findNamesake } from '../../src/provisioning/queries.ts';
import type { Tx } from '../../src/storage/database.ts';
import { endSessions, listLiveSessions, shortenSessions } from '../../src/sessions/queries.ts';
import {
  countSessionsOfOrganization,
  listSessionsOfOrganization,
} from '../../src/sessions/organization-session-queries.ts';
import { findOwnerId } from '../../src/domains/queries.ts';
import { createTestDatabase, engines, type TestDatabase } from '../support/databases.ts';
import { someTime } from './rows.ts';

const id = randomUUID();
const organizationId = asId<OrganizationId>(id);
const userId = asId<UserId>(id);
const ending = { nowMs: someTime, reason: 'logout' as const };
const page = { offset: 0, limit: 100 };

/** Queries of a sign-in, a session and housekeeping: none may cost more because other organizations have more. */
const queries: Readonly<Record<string, (tx: Tx) => Promise<unknown>>> = {
  'the configuration of a slug': async (tx) => findActiveConfig(tx, { slug: 'acme' }),
  'the configuration of an organization': async (tx) => findActiveConfig(tx, { id }),
  'what a checked identity is admitted by': async (tx) => findSignInSettings(tx, id),
  'the owner of a domain': async (tx) => findOwnerId(tx, 'acme.example', someTime),
  'the account behind an identity': async (tx) => findKnownAccount(tx, id),
  'the account of an address': async (tx) => findNamesake(tx, organizationId, 'a@acme.example'),
  'the roles of a member': async (tx) => findMemberRoles(tx, organizationId, userId),
  "a user's sessions": async (tx) => listLiveSessions(tx, { userId, nowMs: someTime }, page),
  "an organization's sessions": async (tx) =>
    listSessionsOfOrganization(tx, { organizationId: id, userId: undefined, nowMs: someTime }, page),
  "how many an organization's sessions are": async (tx) =>
    countSessionsOfOrganization(tx, { organizationId: id, userId: undefined, nowMs: someTime }),
  "the end of a user's sessions": async (tx) =>
    endSessions(tx, { kind: 'user', userId, organizationId: 'all' }, ending),
  'the end of the sessions of a configuration': async (tx) =>
    endSessions(tx, { kind: 'connection', connectionId: id, organizationId }, ending),
  "the end of an organization's sessions": async (tx) =>
    endSessions(tx, { kind: 'organization', organizationId }, ending),
  'shorter sessions': async (tx) => shortenSessions(tx, organizationId, 1000),
  'old sessions': async (tx) => deleteSessionsBefore(tx, someTime, 100),
};

describe.each(engines)('query plans of sessions (%s)', (engine) => {
  let test: TestDatabase;

  beforeAll(async () => {
    test = await createTestDatabase(engine);
  });
  afterAll(async () => test.destroy());

  /** The query plan of a query function, one line per step. */
  async function plansOf(ask: (tx: Tx) => Promise<unknown>): Promise<string[]> {
    return test.database.transaction(async (tx) => {
      // The engine would read such empty tables completely. With this setting it does so only if there is no index.
      if (engine === 'postgres') await sql`set local enable_seqscan = off`.execute(tx);
      const asked: CompiledQuery[] = [];
      const listen: KyselyPlugin = {
        transformQuery: ({ node, queryId }) => {
          asked.push(tx.getExecutor().compileQuery(node, queryId));
          return node;
        },
        transformResult: ({ result }) => Promise.resolve(result),
      };
      await ask(tx.withPlugin(listen));
      const lines: string[] = [];
      // A compiled statement has placeholders for its values. No plan depends on them.
      for (const { sql: text, parameters } of asked) {
        const explain = engine === 'postgres' ? 'explain' : 'explain query plan';
        const values = parameters.map((each) => (typeof each === 'object' && each !== null ? '0' : each));
        const { rows } = await tx.executeQuery<Record<string, unknown>>(
          CompiledQuery.raw(`${explain} ${text}`, values),
        );
        lines.push(...rows.map((row) => String(row['QUERY PLAN'] ?? row['detail'])));
      }
      return lines;
    });
  }

  it.each(Object.keys(queries))('%s uses an index, however many organizations there are', async (name) => {
    const plan = await plansOf(async (tx) => queries[name]?.(tx));
    expect(plan.length).toBeGreaterThan(0);
    expect(plan.filter((line) => /Seq Scan|^SCAN /.test(line))).toEqual([]);
  });
});

import { describe, expect, test } from 'vitest';

import { organizationRow } from '../../test/storage/rows.ts';
import { createTestDatabase, engines } from '../../test/support/databases.ts';
import { tidyUp } from './housekeeping.ts';
import { findAttempt, insertAttempt } from './queries.ts';

const dayMs = 86_400_000;
const nowMs = 100 * dayMs;

describe.each(engines)('clean-up on %s', (engine) => {
  test('deletes sign-in records after a month and keeps younger ones', async () => {
    const { database, destroy } = await createTestDatabase(engine);
    const record = {
      organization_id: null,
      outcome: 'refused',
      code: 'idp_denied',
      user_id: null,
      details: '{}',
    } as const;
    await database.transaction(async (tx) => {
      await insertAttempt(tx, {
        ...record,
        id: 'old',
        created_at: nowMs - 31 * dayMs,
        finished_at: nowMs - 31 * dayMs,
      });
      await insertAttempt(tx, { ...record, id: 'young', created_at: nowMs - 29 * dayMs, finished_at: nowMs });
    });
    await tidyUp({ database, clock: { nowMs: () => nowMs } }, { days: 30, keptMax: 1000 });
    expect(await findAttempt(database.db, 'old')).toBeUndefined();
    expect(await findAttempt(database.db, 'young')).toMatchObject({ outcome: 'refused' });
    await destroy();
  });

  test('deletes invitations three months after they end, and messages about them after four', async () => {
    const { database, destroy } = await createTestDatabase(engine);
    const laterMs = nowMs + 100 * dayMs;
    await database.transaction(async (tx) => {
      const organization = organizationRow();
      await tx.insertInto('organizations').values(organization).execute();
      const columns = { organization_id: organization.id, created_at: nowMs, updated_at: nowMs };
      const invitation = {
        ...columns,
        role: 'member',
        group_ids: '[]',
        mail_id: null,
        accepted_user_id: null,
      } as const;
      const inviter = { inviter_kind: 'user', inviter_id: 'nobody', inviter_name: 'nobody' } as const;
      for (const [email, expires_at] of [
        ['old@acme.example', laterMs - 91 * dayMs],
        ['young@acme.example', laterMs - 89 * dayMs],
      ] as const) {
        const names = { id: email, email, email_key: email, token_hash: email };
        await tx
          .insertInto('invitations')
          .values({ ...invitation, ...inviter, ...names, status: 'accepted', expires_at })
          .execute();
      }
      for (const [id, created_at] of [
        ['old', laterMs - 121 * dayMs],
        ['young', laterMs - 119 * dayMs],
      ] as const) {
        const mail = {
          address_hash: '',
          mailbox_hash: '',
          domain_hash: '',
          sealed_message: '',
          status: 'sent',
          attempt_count: 1,
          next_attempt_at: null,
        } as const;
        await tx
          .insertInto('mail_outbox')
          .values({ ...columns, ...mail, id, created_at })
          .execute();
      }
    });
    await tidyUp({ database, clock: { nowMs: () => laterMs } }, { days: 30, keptMax: 1000 });
    const invitations = await database.db.selectFrom('invitations').select('id').execute();
    const mails = await database.db.selectFrom('mail_outbox').select('id').execute();
    expect([invitations, mails]).toEqual([[{ id: 'young@acme.example' }], [{ id: 'young' }]]);
    await destroy();
  });
});

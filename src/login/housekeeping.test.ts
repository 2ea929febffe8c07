import { describe, expect, test } from 'vitest';

import { createTestDatabase, engines } from '../../test/support/databases.ts';
import { tidyUp } from './housekeeping.ts';
import { findAttempt, insertAttempt } from './queries.ts';

const dayMs = 86_400_000;
const nowMs = 100 * dayMs;

describe.each(engines)('housekeeping on %s', (engine) => {
  test('removes records of attempts after a month and keeps younger ones', async () => {
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
});

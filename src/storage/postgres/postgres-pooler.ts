import type { Pool, PoolClient } from 'pg';

import { StorageStartError } from '../start-error.ts';

/**
 * Rejects a connection pooler that uses another server session for each transaction, such as PgBouncer in `transaction`
 * mode.
 * Prepared statements and session settings are lost there, and requests would fail one by one with unrelated errors.
 *
 * A pooler reports a process id of its own, and a pooler in that mode lets two idle clients share a session.
 *
 * @throws {StorageStartError} if the pooler is in that mode.
 */
export async function refuseTransactionPooler(pool: Pool): Promise<void> {
  const first = await pool.connect();
  try {
    if ((await sessionOf(first)) === processIdOf(first)) return;
    const second = await pool.connect();
    try {
      if (await doShare(first, second)) throw transactionPooler();
    } finally {
      second.release(true);
    }
  } finally {
    first.release(true);
  }
}

// Another client of the pooler may interfere, so one try without a finding proves little.
async function doShare(first: PoolClient, second: PoolClient): Promise<boolean> {
  for (let tries = 0; tries < 5; tries += 1) {
    if ((await sessionOf(first)) === (await sessionOf(second))) return true;
  }
  return false;
}

async function sessionOf(client: PoolClient): Promise<number | undefined> {
  const { rows } = await client.query<{ pid: number }>('select pg_backend_pid() as pid');
  return rows[0]?.pid;
}

function processIdOf(client: PoolClient): unknown {
  return 'processID' in client ? client.processID : undefined;
}

function transactionPooler(): StorageStartError {
  return new StorageStartError(
    'DATABASE_URL leads to a connection pooler in transaction mode, in which prepared statements and settings of a session ' +
      'are lost. Set its pool_mode to session for this database, or connect to PostgreSQL directly.',
  );
}

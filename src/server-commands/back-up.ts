import { existsSync } from 'node:fs';

import { openAuditTrail } from '../audit/open-audit-trail.ts';
import type { Config } from '../config/load-config.ts';
import { endAllAccess } from '../grants/queries.ts';
import { systemClock } from '../kernel/clock.ts';
import { silentLogger } from '../kernel/logger.ts';
import { systemRandom } from '../kernel/random.ts';
import { restoreBackup } from '../storage/backup/restore-backup.ts';
import { openSnapshot } from '../storage/backup/snapshot.ts';
import { writeBackup } from '../storage/backup/write-backup.ts';
import type { Database } from '../storage/database.ts';
import { openKeyring } from '../storage/keys/keyring.ts';
import { openDatabase } from '../storage/open-database.ts';
import { OperatorFault } from './operator-fault.ts';
import { requireRootKeys } from './require-root-keys.ts';

const system = { clock: systemClock, random: systemRandom };
const byServer = { actor: { type: 'server', metadata: {} }, clientInfo: { ipAddress: '', userAgent: '' } } as const;

/** A restore has the database to itself. */
const restoreMsMax = 3_600_000;

/** Writes everything in the database to a new file; the server may be running. */
export async function backUp({ databaseUrl }: Config, path: string): Promise<string> {
  const snapshot = await openSnapshot(databaseUrl.expose());
  try {
    const count = await writeBackup(snapshot, path, new Date(systemClock.nowMs()).toISOString());
    return `${count} rows are in ${path}. The root key is not: keep a copy of it elsewhere.`;
  } finally {
    await snapshot.close();
  }
}

/**
 * Fills the empty database from a backup, if the root key opens it. What ended after the backup would be valid again, so
 * every session, machine token, one-time code and open invitation ends, unless the operator keeps the access.
 */
export async function restore(config: Config, path: string, { keepAccess }: { keepAccess: boolean }): Promise<string> {
  if (!existsSync(path)) throw new OperatorFault(`There is no file ${path}.`);
  const keys = requireRootKeys(config);
  const url = config.databaseUrl.expose();
  const database = await openDatabase({ url, logger: silentLogger, poolSize: 2, transactionMsMax: restoreMsMax });
  try {
    let ended = { sessions: 0, machineTokens: 0 };
    const count = await restoreBackup(database, path, async (tx) => {
      // The keyring reads what this transaction has restored: a wrong root key undoes it all.
      const inside: Database = { ...database, db: tx, transaction: async (fn) => fn(tx) };
      const keyring = await openKeyring({ database: inside, ...keys, ...system });
      const trail = await openAuditTrail({ database: inside, keyring, ...system, logger: silentLogger });
      await trail.database.transaction(async (audited) => {
        if (!keepAccess) ended = await endAllAccess(audited, systemClock.nowMs());
        const { sessions: endedSessions, machineTokens: endedMachineTokens } = ended;
        const metadata = { keepsAccess: keepAccess, endedSessions, endedMachineTokens };
        const event = { type: 'server-restore', metadata } as const;
        await trail.append(audited, { organizationId: undefined, ...byServer, event });
      });
    });
    const access = keepAccess
      ? 'Sessions, tokens, codes and invitations are as the backup has them, also if they ended since.'
      : `${ended.sessions} sessions and ${ended.machineTokens} machine tokens are ended, and one-time codes and open invitations are void.`;
    return `${count} rows are restored. ${access} Start the server to use them.`;
  } finally {
    await database.close();
  }
}

import type { Logger } from '../kernel/logger.ts';
import type { Database } from '../storage/database.ts';
import { sealHead } from './audit-trail.ts';
import type { HeadKeys } from './head-keys.ts';
import { listUnsealedHeads, lockHead, updateHead } from './queries.ts';

/**
 * Seals the heads of trails that were written before trails were sealed, and remembers in each up to where it was taken
 * over: a verification says so, since nobody can vouch for what stood there before.
 */
export async function adoptTrails(deps: { database: Database; keys: HeadKeys; logger: Logger }): Promise<void> {
  const { database, keys, logger } = deps;
  if ((await listUnsealedHeads(database.db)).length === 0) return;
  await database.transaction(async (tx) => {
    for (const found of await listUnsealedHeads(tx)) {
      const head = await lockHead(tx, found.organization_id, database.engine);
      // Another node that starts just now may have been faster.
      if (head?.seal !== '') continue;
      await updateHead(tx, sealHead(keys, { ...head, adopted_sequence: head.sequence }));
      const { organization_id: trail, sequence } = head;
      logger.warn({ trail, sequence }, 'took over an audit trail from before trails were sealed');
    }
  });
}

import type { Tx } from './database.ts';

/**
 * Writes a value without meaning. A full disk can still be read, so only a write shows whether it accepts writes again.
 */
export async function probeWrite(tx: Tx): Promise<void> {
  await tx
    .insertInto('server_state')
    .values({ key: 'written-to-see', value: '' })
    .onConflict((on) => on.column('key').doUpdateSet({ value: '' }))
    .execute();
}

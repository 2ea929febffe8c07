import type { Tx } from './database.ts';

/** Writes something that means nothing. A full disk can be read; whether it takes writes again only a write tells. */
export async function writeToSee(tx: Tx): Promise<void> {
  await tx
    .insertInto('server_state')
    .values({ key: 'written-to-see', value: '' })
    .onConflict((on) => on.column('key').doUpdateSet({ value: '' }))
    .execute();
}

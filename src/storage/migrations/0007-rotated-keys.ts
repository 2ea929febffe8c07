import { type Kysely, sql } from 'kysely';

/**
 * Keys that can be changed while the server runs.
 *
 * A data key may be sealed by several root keys at once, one row each, so that while the operator moves from one root
 * key to the next every node can open it, whichever of the two it was started with. A key is published before it is
 * used (`active_from_at`), and a signing key that is used no longer keeps its public half until the last token is over
 * (`verify_until_at`); its private half is then the empty text. The check of the root key goes: whether a seal opens is
 * the same check.
 */
export async function rotatedKeys(db: Kysely<unknown>, engine: 'sqlite' | 'postgres'): Promise<void> {
  const text = engine === 'postgres' ? 'text collate "C"' : 'text';
  const bigint = engine === 'postgres' ? 'bigint' : 'integer';
  const statements = [
    `create table data_key_seals (
      data_key_id ${text} not null references data_keys (id) on delete cascade,
      root_key_id ${text} not null,
      sealed_key ${text} not null,
      created_at ${bigint} not null,
      primary key (data_key_id, root_key_id)
    )${engine === 'sqlite' ? ' strict' : ''}`,
    `insert into data_key_seals (data_key_id, root_key_id, sealed_key, created_at)
      select id, root_key_id, sealed_key, created_at from data_keys`,
    `alter table data_keys drop column sealed_key`,
    `alter table data_keys drop column root_key_id`,
    `alter table data_keys add column active_from_at ${bigint} not null default 0`,
    `alter table signing_keys add column verify_until_at ${bigint}`,
    `delete from server_state where key = 'root-key-check'`,
  ];
  // The statements are constants of this file; nothing from outside gets into them.
  for (const statement of statements) await sql.raw(statement).execute(db);
}

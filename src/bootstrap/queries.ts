import type { Db, Tx } from '../storage/database.ts';
import { toBit } from '../storage/schema/codecs.ts';

const marker = 'bootstrapped-at';

/**
 * Whether the server is set up. If an organization exists without the marker, the marker was lost, and the server
 * counts as set up.
 */
export async function isBootstrapped(db: Db | Tx): Promise<boolean> {
  const row = await db.selectFrom('server_state').select('value').where('key', '=', marker).executeTakeFirst();
  return row !== undefined || (await hasOrganization(db));
}

async function hasOrganization(db: Db | Tx): Promise<boolean> {
  const row = await db.selectFrom('organizations').select('id').limit(1).executeTakeFirst();
  return row !== undefined;
}

/** True for the one caller that sets the server up. */
export async function claimBootstrap(tx: Tx, at: string): Promise<boolean> {
  if (await hasOrganization(tx)) return false;
  const result = await tx
    .insertInto('server_state')
    .values({ key: marker, value: at })
    .onConflict((on) => on.doNothing())
    .executeTakeFirst();
  return result.numInsertedOrUpdatedRows === 1n;
}

/** Adds the machine identity that is an instance admin. There is no other way to create one. */
export async function insertInstanceAdmin(
  tx: Tx,
  { id, organizationId, name, nowMs }: { id: string; organizationId: string; name: string; nowMs: number },
): Promise<void> {
  const row = { id, organization_id: organizationId, name, role: 'admin', is_instance_admin: toBit(true) } as const;
  await tx
    .insertInto('machine_identities')
    .values({ ...row, created_at: nowMs, updated_at: nowMs })
    .execute();
}

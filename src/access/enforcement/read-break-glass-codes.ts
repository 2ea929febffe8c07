import type { UserActor } from '../../contract/actor.ts';
import { requireAccess } from '../read-access.ts';
import type { Database } from '../../storage/database.ts';
import { listCodes } from './break-glass-queries.ts';

const question = { subject: 'settings', action: 'edit' } as const;

/** The number of an admin's unused break-glass codes. */
export async function readBreakGlassCodes(
  { database }: { database: Database },
  { actor, organizationId }: { actor: UserActor; organizationId: string },
): Promise<{ codesLeft: number; codesTotal: number; createdAt: string | null }> {
  const { id } = await requireAccess(database, actor, { organizationId, ...question });
  const codes = await listCodes(database.db, { organizationId: id, userId: actor.userId });
  const createdAt = codes[0] === undefined ? null : new Date(codes[0].created_at).toISOString();
  return {
    codesLeft: codes.filter((code) => code.used_at === null).length,
    codesTotal: codes.length,
    createdAt,
  };
}

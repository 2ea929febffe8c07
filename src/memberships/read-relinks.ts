import type { Actor } from '../contract/actor.ts';
import { pageOf } from '../contract/page.ts';
import type { RelinkableIssuer, RelinkPermission } from '../contract/relinking.ts';
import type { Clock } from '../kernel/clock.ts';
import { requireAccess } from '../access/read-access.ts';
import type { Database } from '../storage/database.ts';
import { countIdentitiesOf, countOpenRelinks, listOpenRelinks, listRelinkableIssuers } from './relink-queries.ts';

/**
 * The members who may relink and have not done so. Only callers who may allow relinking can read it, because it lists
 * accounts that another identity can take.
 *
 * @throws `organization_not_found` or `permission_denied`.
 */
export async function readRelinks(
  { database: { db }, clock }: { database: Database; clock: Clock },
  actor: Actor,
  { organizationId: named, ...query }: { organizationId: string; offset?: number; limit?: number },
): Promise<{ issuers: RelinkableIssuer[]; relinkPermissions: RelinkPermission[]; totalCount: number }> {
  const question = { organizationId: named, subject: 'member', action: 'edit' } as const;
  const organizationId = (await requireAccess({ db }, actor, question)).id;
  const open = { organizationId, nowMs: clock.nowMs() };
  const rows = await listOpenRelinks(db, open, pageOf(query));
  const relinkPermissions = rows.map((row) => ({
    membershipId: row.membership_id,
    userId: row.user_id,
    email: row.email,
    issuer: row.issuer,
    expiresAt: new Date(row.relink_until_at ?? 0).toISOString(),
  }));
  const issuers: RelinkableIssuer[] = [];
  for (const { issuer, until_at } of await listRelinkableIssuers(db, open)) {
    const identityCount = await countIdentitiesOf(db, organizationId, issuer);
    issuers.push({ issuer, identityCount, expiresAt: new Date(until_at).toISOString() });
  }
  return { issuers, relinkPermissions, totalCount: await countOpenRelinks(db, open) };
}

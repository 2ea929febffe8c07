import { auditActor } from '../audit/append.ts';
import { requireAccessAlone } from '../access/access.ts';
import type { Caller, MembershipsDeps } from './deps.ts';
import { takeBackIssuers, takeBackNamed } from './relink-queries.ts';

/**
 * Withdraws every unused permission to relink; returns how many there were. Members who have relinked keep their new
 * identity.
 *
 * @throws `organization_not_found` or `permission_denied`.
 */
export async function withdrawRelinks(
  { database, audit, clock }: MembershipsDeps,
  { actor, clientInfo, organizationId: named }: Caller,
): Promise<number> {
  const question = { organizationId: named, subject: 'member', action: 'edit' } as const;
  return database.transaction(async (tx) => {
    const organizationId = (await requireAccessAlone(tx, actor, question)).id;
    const members = await takeBackNamed(tx, { organizationId }, clock.nowMs());
    const issuers = await takeBackIssuers(tx, organizationId, clock.nowMs());
    const event = { type: 'relink-withdraw', metadata: { members, issuers } } as const;
    await audit(tx, { organizationId, actor: auditActor(actor), event, clientInfo });
    return members + issuers;
  });
}

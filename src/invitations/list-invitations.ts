import type { Actor } from '../contract/actor.ts';
import type { Invitation, InvitationStatus } from '../contract/invitations.ts';
import { pageOf } from '../contract/page.ts';
import type { Clock } from '../kernel/clock.ts';
import { requireAccess } from '../access/read-access.ts';
import type { Database } from '../storage/database.ts';
import { countInvitations, listInvitationRows } from './queries.ts';
import { foreseen } from './to-invitation.ts';
import type { Foresee } from './warnings.ts';

interface Wanted {
  readonly actor: Actor;
  readonly organizationId: string;
  readonly query: { readonly offset?: number; readonly limit?: number; readonly status?: InvitationStatus };
}

/**
 * A page of an organization's invitations, newest first, for callers who may invite.
 *
 * @throws `organization_not_found` or `permission_denied`.
 */
export async function listInvitations(
  { database: { db }, clock, foresee }: { database: Database; clock: Clock; foresee: Foresee },
  { actor, organizationId: named, query }: Wanted,
): Promise<{ invitations: Invitation[]; totalCount: number }> {
  const question = { organizationId: named, subject: 'member', action: 'create' } as const;
  const organization = await requireAccess({ db }, actor, question);
  const organizationId = organization.id;
  const nowMs = clock.nowMs();
  const wanted = { organizationId, status: query.status, nowMs };
  const rows = await listInvitationRows(db, wanted, pageOf(query));
  const refusalOf = await foresee(db, organization);
  const invitations: Invitation[] = [];
  for (const row of rows) invitations.push(await foreseen(row, { nowMs, refusalOf }));
  return {
    invitations,
    totalCount: await countInvitations(db, wanted),
  };
}

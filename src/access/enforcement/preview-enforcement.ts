import type { Actor } from '../../contract/actor.ts';
import type { AuthEnforcement, ShutOutReason } from '../../contract/enforcement.ts';
import { adminsListedMax } from '../../contract/limits.ts';
import { type Page, pageOf } from '../../contract/page.ts';
import type { Clock } from '../../kernel/clock.ts';
import { requireAccess } from '../read-access.ts';
import { enforcementObstacles } from '../../organizations/enforcement-obstacles.ts';
import { findEnforcementGround } from '../../organizations/queries.ts';
import type { Database } from '../../storage/database.ts';
import { countMembers, listAdmins, listShutOutMembers } from './preview-queries.ts';
import { errorText } from '../../texts/text-of.ts';

interface PreviewRequest {
  readonly actor: Actor;
  readonly organizationId: string;
  readonly query: Partial<Page> & { readonly reason?: ShutOutReason };
}

/**
 * What an admin should know before they enforce single sign-on: whether it can be enforced, which members it would shut
 * out, and who could still sign in if the identity provider failed.
 */
export async function previewEnforcement(
  { database: { db }, clock }: { database: Database; clock: Clock },
  { actor, organizationId, query }: PreviewRequest,
): Promise<AuthEnforcement> {
  const question = { organizationId, subject: 'settings', action: 'edit' } as const;
  const organization = await requireAccess({ db }, actor, question);
  const place = { organizationId: organization.id, nowMs: clock.nowMs() };
  const reason = query.reason ?? 'any';
  const obstacles = enforcementObstacles(await findEnforcementGround(db, organization.id));
  const members = await listShutOutMembers(db, place, { reason, ...pageOf(query) });
  const bypassIsOpen = organization.bypassOrgAuthEnabled;
  return {
    authEnforced: organization.authEnforced,
    bypassOrgAuthEnabled: bypassIsOpen,
    canEnforce: obstacles.length === 0,
    obstacles: obstacles.map((code) => ({ code, message: errorText(code) })),
    activeMembers: await countMembers(db, place),
    membersWithoutIdentity: await countMembers(db, place, 'no-identity'),
    membersWithOtherSessions: await countMembers(db, place, 'other-session'),
    shutOut: {
      members: members.map((row) => ({
        userId: row.id,
        email: row.email,
        username: row.username,
        role: Number(row.is_group_admin) === 1 ? 'admin' : row.role,
        hasIdentity: Number(row.has_identity) === 1,
        otherSessions: Number(row.other_sessions),
      })),
      totalCount: await countMembers(db, place, reason),
    },
    admins: (await listAdmins(db, place, adminsListedMax)).map((row) => ({
      userId: row.id,
      email: row.email,
      hasIdentity: Number(row.has_identity) === 1,
      canBypass: bypassIsOpen && row.password_hash !== null,
      breakGlassCodesLeft: Number(row.codes_left),
    })),
  };
}

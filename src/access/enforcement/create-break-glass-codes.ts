import type { AuditedDatabase } from '../../audit/audited-database.ts';
import { type AppendAudit, auditActor } from '../../audit/append.ts';
import type { ClientInfo, UserActor } from '../../contract/actor.ts';
import { appError } from '../../contract/errors.ts';
import type { OrganizationId } from '../../contract/ids.ts';
import { breakGlassCodesCount } from '../../contract/limits.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Random } from '../../kernel/random.ts';
import { requireAccessAlone } from '../access.ts';
import { strongestRole } from '../permissions.ts';
import { findMemberRoles } from '../queries.ts';
import type { Tx } from '../../storage/database.ts';
import { hashBreakGlassCode, newBreakGlassCode } from './break-glass-code.ts';
import { replaceCodes } from './break-glass-queries.ts';

export interface BreakGlassDeps {
  readonly database: AuditedDatabase;
  readonly audit: AppendAudit;
  readonly clock: Clock;
  readonly random: Random;
}

const question = { subject: 'settings', action: 'edit' } as const;

/**
 * Creates new codes for an admin's own account. Their earlier codes become invalid.
 *
 * @throws `permission_denied` and what `requireAccessAlone` throws.
 */
export async function createBreakGlassCodes(
  deps: BreakGlassDeps,
  { actor, organizationId, clientInfo }: { actor: UserActor; organizationId: string; clientInfo: ClientInfo },
): Promise<{ codes: string[]; createdAt: string }> {
  const { database, audit, clock, random } = deps;
  return database.transaction(async (tx) => {
    const id = (await requireAccessAlone(tx, actor, { organizationId, ...question })).id;
    await requireAdminMember(tx, actor, id);
    const owner = { organizationId: id, userId: actor.userId };
    const nowMs = clock.nowMs();
    const codes = Array.from({ length: breakGlassCodesCount }, () => newBreakGlassCode(random));
    const rows = codes.map((code) => ({
      id: random.uuid(),
      organization_id: id,
      user_id: actor.userId,
      code_hash: hashBreakGlassCode(code, owner),
      created_at: nowMs,
      used_at: null,
    }));
    await replaceCodes(tx, owner, rows);
    const event = {
      type: 'break-glass-codes-create',
      metadata: { userId: actor.userId, count: codes.length },
    } as const;
    await audit(tx, { organizationId: id, actor: auditActor(actor), event, clientInfo });
    return { codes, createdAt: new Date(nowMs).toISOString() };
  });
}

// An instance admin has the permissions of an admin, but need not be a member.
async function requireAdminMember(tx: Tx, actor: UserActor, id: OrganizationId): Promise<void> {
  const roles = await findMemberRoles(tx, id, actor.userId);
  if (roles.length === 0 || strongestRole(roles) !== 'admin') throw appError('permission_denied');
}

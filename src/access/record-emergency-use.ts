import type { AuditedDatabase, AuditedTx } from '../audit/audited-database.ts';
import type { AppendAudit } from '../audit/append.ts';
import type { Actor, AuthMethod, ClientInfo } from '../contract/actor.ts';
import type { EmergencyUseKind } from '../contract/enforcement.ts';
import { isKnownError } from '../contract/errors.ts';
import type { OrganizationId, SessionId, UserId } from '../contract/ids.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Random } from '../kernel/random.ts';
import { insertEmergencyUse } from './emergency-use-queries.ts';

interface RecordDeps {
  readonly audit: AppendAudit;
  readonly clock: Clock;
  readonly random: Random;
}

/** Who bypasses which organization's enforcement, and how. */
export interface EmergencyUseRecord {
  readonly organizationId: OrganizationId;
  readonly kind: EmergencyUseKind;
  readonly userId: UserId;
  readonly email: string;
  readonly authMethod: AuthMethod;
  readonly sessionId: SessionId;
  readonly clientInfo: ClientInfo;
}

const eventTypes = { bypass: 'enforcement-bypass', 'break-glass': 'break-glass-use' } as const;

/** Audits that a session bypasses an enforcement, once per session, and shows it to the other admins. */
export async function recordEmergencyUse(
  { audit, clock, random }: RecordDeps,
  tx: AuditedTx,
  { organizationId, kind, userId, email, authMethod, sessionId, clientInfo }: EmergencyUseRecord,
): Promise<void> {
  const isFirst = await insertEmergencyUse(tx, {
    id: random.uuid(),
    organization_id: organizationId,
    kind,
    user_id: userId,
    email,
    session_id: sessionId,
    ip_address: clientInfo.ipAddress,
    user_agent: clientInfo.userAgent,
    created_at: clock.nowMs(),
  });
  if (!isFirst) return;
  await audit(tx, {
    organizationId,
    actor: { type: 'user', metadata: { userId, email, authMethod } },
    event: { type: eventTypes[kind], metadata: { userId, userEmail: email, sessionId } },
    clientInfo,
  });
}

/**
 * Prepares the second run of a handler that failed because the session's use of the bypass is not audited yet. It
 * commits the audit entry before the handler runs again. So read endpoints need not write, and no endpoint can forget
 * the entry: without it, the access check does not allow the bypass.
 */
export function createBypassRetry(deps: RecordDeps & { readonly database: AuditedDatabase }) {
  return async (thrown: unknown, { actor, clientInfo }: { actor: Actor | undefined; clientInfo: ClientInfo }) => {
    if (!isKnownError(thrown) || thrown.code !== 'emergency_use_unrecorded' || actor?.kind !== 'user') return false;
    const { organizationId } = thrown.meta;
    const { userId, email, authMethod, sessionId } = actor;
    const record = { kind: 'bypass', userId, email, authMethod, sessionId, clientInfo } as const;
    await deps.database.transaction(async (tx) => recordEmergencyUse(deps, tx, { ...record, organizationId }));
    return true;
  };
}

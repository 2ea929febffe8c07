import type { Actor, RequestOrigin } from '../contract/actor.ts';
import type { OrganizationId } from '../contract/ids.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Random } from '../kernel/random.ts';
import type { Tx } from '../storage/database.ts';
import type { AuditActor, AuditEvent } from './events.ts';
import { insertAuditEvent } from './queries.ts';

/** One thing that happened, who did it, where, and whom it concerns. */
export interface AuditEntry {
  /** The organization whose trail it belongs to; `undefined` for what concerns the server alone. */
  readonly organizationId: OrganizationId | undefined;
  readonly actor: AuditActor;
  readonly event: AuditEvent;
  readonly origin: RequestOrigin;
}

/** Writes an entry in the transaction of the change that it tells of, so that neither can be without the other. */
export type AppendAudit = (tx: Tx, entry: AuditEntry) => Promise<void>;

/** Makes the function that writes the audit trail. */
export function createAppendAudit({ clock, random }: { clock: Clock; random: Random }): AppendAudit {
  let lastSequence = 0;
  return async (tx, { organizationId, actor, event, origin }) => {
    const nowMs = clock.nowMs();
    // Milliseconds with a counter below them: later entries of one process sort later, even within a millisecond.
    lastSequence = Math.max(lastSequence + 1, nowMs * sequencesPerMs);
    await insertAuditEvent(tx, {
      id: random.uuid(),
      organization_id: organizationId ?? null,
      sequence: lastSequence,
      created_at: nowMs,
      actor_type: actor.type,
      actor_metadata: JSON.stringify(actor.metadata),
      event_type: event.type,
      event_metadata: JSON.stringify(event.metadata),
      ip_address: origin.ipAddress,
      user_agent: origin.userAgent,
    });
  };
}

const sequencesPerMs = 1000;

/** The audit trail's name for a caller of the API. */
export function auditActor(actor: Actor): AuditActor {
  return actor.kind === 'user'
    ? { type: 'user', metadata: { userId: actor.userId, email: actor.email, authMethod: actor.authMethod } }
    : { type: 'identity', metadata: { identityId: actor.identityId, name: actor.name } };
}

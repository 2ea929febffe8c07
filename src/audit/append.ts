import type { Actor, ClientInfo } from '../contract/actor.ts';
import type { OrganizationId } from '../contract/ids.ts';
import type { AuditedTx } from './audited-database.ts';
import type { AuditActor, AuditEvent } from './events.ts';
import { nameCaller } from './judged-callers.ts';

/** One thing that happened, who did it, where, and whom it concerns. */
export interface AuditEntry {
  /** The organization whose trail it belongs to; `undefined` for what concerns the server alone. */
  readonly organizationId: OrganizationId | undefined;
  readonly actor: AuditActor;
  readonly event: AuditEvent;
  readonly clientInfo: ClientInfo;
}

/** Appends an entry to the transaction of the change that it records: both commit, or neither. */
export type AppendAudit = (tx: AuditedTx, entry: AuditEntry) => Promise<void>;

/**
 * The audit trail's name for a caller of the API. The trail refuses an entry with it unless the caller was judged in the
 * same transaction, by `requireAccessAlone` or `requireCallerLocked`. So no caller can change anything by a right or a
 * credential that was good only earlier.
 */
export function auditActor(actor: Actor): AuditActor {
  const named: AuditActor =
    actor.kind === 'user'
      ? { type: 'user', metadata: { userId: actor.userId, email: actor.email, authMethod: actor.authMethod } }
      : { type: 'identity', metadata: { identityId: actor.identityId, name: actor.name } };
  return nameCaller(named, actor);
}

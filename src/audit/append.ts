import type { Actor, ClientInfo } from '../contract/actor.ts';
import type { OrganizationId } from '../contract/ids.ts';
import type { AuditedTx } from './audited-database.ts';
import type { AuditActor, AuditEvent } from './events.ts';
import { nameCaller } from './checked-callers.ts';

/** An event: what happened, who did it, from where, and in which organization. */
export interface AuditEntry {
  /** The organization whose trail the entry belongs to; `undefined` for the server's own trail. */
  readonly organizationId: OrganizationId | undefined;
  readonly actor: AuditActor;
  readonly event: AuditEvent;
  readonly clientInfo: ClientInfo;
}

/** Appends an entry to the transaction of the change that it records: both commit, or neither. */
export type AppendAudit = (tx: AuditedTx, entry: AuditEntry) => Promise<void>;

/**
 * The actor of an entry for a caller of the API. The trail rejects an entry with it unless `requireAccessAlone` or
 * `requireCallerLocked` has checked the caller in the same transaction. So a caller cannot change anything with a right
 * or a credential that was valid only earlier.
 */
export function auditActor(actor: Actor): AuditActor {
  const named: AuditActor =
    actor.kind === 'user'
      ? { type: 'user', metadata: { userId: actor.userId, email: actor.email, authMethod: actor.authMethod } }
      : { type: 'identity', metadata: { identityId: actor.identityId, name: actor.name } };
  return nameCaller(named, actor);
}

import type { Actor } from '../contract/actor.ts';
import type { Tx } from '../storage/database.ts';
import type { AuditActor } from './events.ts';

/** The callers whose credential was valid in each running transaction, by session or token. */
const checkedCallers = new WeakMap<Tx, Set<string>>();
/** The session or token behind each actor that is a caller of the API. */
const credentials = new WeakMap<AuditActor, string>();

/** Records that a caller's credential was valid in a transaction. Only `caller.ts` calls this. */
export function markChecked(tx: Tx, caller: Actor): void {
  const checked = checkedCallers.get(tx) ?? new Set<string>();
  checkedCallers.set(tx, checked.add(credentialOf(caller)));
}

/** Records which caller an actor of the trail is. */
export function nameCaller(named: AuditActor, caller: Actor): AuditActor {
  credentials.set(named, credentialOf(caller));
  return named;
}

/** @throws {TypeError} for a caller who was not checked in this transaction. */
export function requireChecked(tx: Tx, named: AuditActor): void {
  const credential = credentials.get(named);
  if (credential === undefined || checkedCallers.get(tx)?.has(credential) === true) return;
  throw new TypeError('an audit entry of a caller needs requireAccessAlone or requireCallerLocked in its transaction');
}

function credentialOf(caller: Actor): string {
  return caller.kind === 'user' ? caller.sessionId : caller.tokenId;
}

import type { Actor } from '../contract/actor.ts';
import type { Tx } from '../storage/database.ts';
import type { AuditActor } from './events.ts';

/** The callers whose credential was found good in each running transaction, by session or token. */
const judgedCallers = new WeakMap<Tx, Set<string>>();
/** The session or token behind each actor that names a caller of the API. */
const credentials = new WeakMap<AuditActor, string>();

/** Notes that a caller's credential was found good in a transaction. Only `organizations/caller.ts` calls this. */
export function markJudged(tx: Tx, caller: Actor): void {
  const judged = judgedCallers.get(tx) ?? new Set<string>();
  judgedCallers.set(tx, judged.add(credentialOf(caller)));
}

/** Notes which caller an actor of the trail names. */
export function nameCaller(named: AuditActor, caller: Actor): AuditActor {
  credentials.set(named, credentialOf(caller));
  return named;
}

/** @throws {TypeError} for an actor who is a caller that was not judged in this transaction. */
export function requireJudged(tx: Tx, named: AuditActor): void {
  const credential = credentials.get(named);
  if (credential === undefined || judgedCallers.get(tx)?.has(credential) === true) return;
  throw new TypeError('an audit entry of a caller needs requireAccessAlone or requireCallerLocked in its transaction');
}

function credentialOf(caller: Actor): string {
  return caller.kind === 'user' ? caller.sessionId : caller.tokenId;
}

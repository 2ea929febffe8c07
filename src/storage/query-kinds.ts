import type { CompiledQuery } from 'kysely';

const writeKinds: ReadonlySet<string> = new Set([
  'InsertQueryNode',
  'UpdateQueryNode',
  'DeleteQueryNode',
  'MergeQueryNode',
]);

/**
 * Refuses a write that was not given a transaction. It is a fault of the program, found on both engines alike: without
 * a transaction no audit row could commit together with the change.
 */
export function refuseWrite(query: CompiledQuery): void {
  if (writeKinds.has(query.query.kind)) throw new TypeError('a write needs a transaction');
}

/** Whether a statement can only read. Of hand-written SQL it is not known. */
export function isSelect(query: CompiledQuery): boolean {
  return query.query.kind === 'SelectQueryNode';
}

/** A statement whose result nobody looks at: it may be sent together with the next one, or with the commit. */
export interface PatientQuery extends CompiledQuery {
  readonly mayWait: true;
}

/** Whether a statement is one that may wait. */
export function mayWait(query: CompiledQuery): query is PatientQuery {
  return 'mayWait' in query;
}

/** For drivers: results come whole. */
export function refuseStream(): never {
  throw new TypeError('results are not streamed');
}

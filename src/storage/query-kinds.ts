import type { CompiledQuery } from 'kysely';

const writeKinds: ReadonlySet<string> = new Set([
  'InsertQueryNode',
  'UpdateQueryNode',
  'DeleteQueryNode',
  'MergeQueryNode',
]);

/**
 * Rejects a write outside a transaction. It is a fault of the program, found on both engines: without a transaction,
 * the
 * change and its audit entry could not commit together.
 */
export function refuseWrite(query: CompiledQuery): void {
  if (writeKinds.has(query.query.kind)) throw new TypeError('a write needs a transaction');
}

/** Whether a statement can only read. For hand-written SQL this is unknown, so the answer is no. */
export function isSelect(query: CompiledQuery): boolean {
  return query.query.kind === 'SelectQueryNode';
}

/** A statement whose result is not used: it may be sent together with the next one, or with the commit. */
export interface PatientQuery extends CompiledQuery {
  readonly mayWait: true;
}

/** Whether a statement may be sent later. */
export function mayWait(query: CompiledQuery): query is PatientQuery {
  return 'mayWait' in query;
}

/** For drivers, which return whole results only. */
export function refuseStream(): never {
  throw new TypeError('results are not streamed');
}

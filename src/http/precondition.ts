import { appError } from '../contract/errors.ts';

/**
 * Rejects a change that is based on an older state (RFC 9110, section 13.1.1). `*` and a missing header match anything
 * that exists.
 *
 * @throws `precondition_failed`
 */
export function requireMatch(ifMatch: string | undefined, row: { id: string; revision: number }): void {
  if (ifMatch === undefined || ifMatch.trim() === '*') return;
  const tags = ifMatch.split(',').map((tag) => tag.trim());
  if (!tags.includes(etagOf(row))) throw appError('precondition_failed');
}

/** The entity tag of a row (RFC 9110, section 8.8.3). It changes with every change. */
export function etagOf(row: { id: string; revision: number }): string {
  return `"${row.id.slice(0, 8)}-${row.revision}"`;
}

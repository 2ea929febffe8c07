import { appError } from '../contract/errors.ts';
import { etagOf } from './settings-row.ts';

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

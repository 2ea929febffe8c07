import type { Actor } from '../contract/actor.ts';
import type { Reader } from '../storage/database.ts';
import { type AccessQuestion, judgeAccess } from './judge-access.ts';
import type { StoredOrganization } from './queries.ts';

/**
 * Decides whether a caller may read something of an organization, and returns that organization. Nothing is locked, so
 * the answer may be outdated a moment later. That is acceptable for a read, and never for a change: a change calls
 * `requireAccessAlone` in its transaction. The compiler rejects a transaction here, and the linter rejects the import
 * in files whose names do not say that they read.
 *
 * @throws `organization_not_selected`, `organization_not_found`, `sso_required`, `emergency_use_unrecorded` or
 * `permission_denied`.
 */
export async function requireAccess(
  { db }: Reader,
  actor: Actor,
  question: AccessQuestion,
): Promise<StoredOrganization> {
  return judgeAccess(db, actor, question);
}

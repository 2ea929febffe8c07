import type { Actor } from '../contract/actor.ts';
import { asId, type OrganizationId } from '../contract/ids.ts';
import type { Reader, Tx } from '../storage/database.ts';
import { holdsAlone } from '../storage/named-locks.ts';
import { requireCaller } from './caller.ts';
import { type AccessQuestion, judgeAccess } from './judge-access.ts';
import { lockOrganization, type StoredOrganization, shareOrganization } from './queries.ts';

/**
 * Decides whether a caller may change something in an organization, and returns that organization. Every change by a
 * caller calls this in the transaction that writes. The transaction keeps the organization's exclusive lock, so the
 * decision stays true until the commit. If two admins demote each other at once, the second is no longer an admin.
 *
 * The caller's session or machine token is read again under the lock. To read only, use `read-access.ts`.
 *
 * @throws `organization_not_selected`, `organization_not_found`, `sso_required`, `emergency_use_unrecorded`,
 * `permission_denied` or `token_invalid`.
 */
export async function requireAccessAlone(tx: Tx, actor: Actor, question: AccessQuestion): Promise<StoredOrganization> {
  const wanted = question.organizationId ?? actor.organizationId;
  if (wanted === undefined || !holdsAlone(tx, wanted)) {
    // Checked before the lock as well, so that a caller without permission blocks no one.
    const { id } = await judgeAccess(tx, actor, question);
    await lockOrganization(tx, asId<OrganizationId>(id));
  }
  await requireCaller(tx, actor);
  return judgeAccess(tx, actor, question);
}

/**
 * The same for a read that is audited. The organization's lock is shared: readers do not wait for each other, and the
 * permissions stay valid until the commit.
 *
 * @throws as {@link requireAccessAlone}.
 */
export async function requireAccessShared(tx: Tx, actor: Actor, question: AccessQuestion): Promise<StoredOrganization> {
  const { id } = await judgeAccess(tx, actor, question);
  await shareOrganization(tx, asId<OrganizationId>(id));
  await requireCaller(tx, actor);
  return judgeAccess(tx, actor, question);
}

/**
 * Rejects a caller without permission before slow work, such as generating a key. The following write calls {@link
 * requireAccessAlone}, because the permission may be gone when the work is done.
 *
 * @throws as `requireAccess` in `read-access.ts`.
 */
export async function refuseEarly({ db }: Reader, actor: Actor, question: AccessQuestion): Promise<StoredOrganization> {
  return judgeAccess(db, actor, question);
}

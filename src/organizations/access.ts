import type { Actor } from '../contract/actor.ts';
import { asId, type OrganizationId } from '../contract/ids.ts';
import type { Reader, Tx } from '../storage/database.ts';
import { holdsAlone } from '../storage/named-locks.ts';
import { requireCaller } from './caller.ts';
import { type AccessQuestion, judgeAccess } from './judge-access.ts';
import { lockOrganization, type OrganizationRow, shareOrganization } from './queries.ts';

/**
 * Decides whether a caller may change something in an organization, and returns that organization. Every change by a
 * caller asks here, in the transaction that writes: the transaction holds the organization's lock alone from then on, so
 * what decided stays true until the commit. Of two admins who demote each other at once, the second is no admin any more.
 *
 * The caller's session or machine token is read again under the lock as well. To only read, use `read-access.ts`.
 *
 * @throws `organization_not_selected`, `organization_not_found`, `sso_required`, `emergency_use_unrecorded`,
 * `permission_denied` or `token_invalid`.
 */
export async function requireAccessAlone(tx: Tx, actor: Actor, question: AccessQuestion): Promise<OrganizationRow> {
  const wanted = question.organizationId ?? actor.organizationId;
  if (wanted === undefined || !holdsAlone(tx, wanted)) {
    // Asked before the lock as well, so that a caller without the right makes nobody wait.
    const { id } = await judgeAccess(tx, actor, question);
    await lockOrganization(tx, asId<OrganizationId>(id));
  }
  await requireCaller(tx, actor);
  return judgeAccess(tx, actor, question);
}

/**
 * The same for a caller who reads, where the reading itself is written down. The organization's lock is shared: readers
 * do not wait for each other, and the rights that decided stay true until the commit.
 *
 * @throws as {@link requireAccessAlone}.
 */
export async function requireAccessShared(tx: Tx, actor: Actor, question: AccessQuestion): Promise<OrganizationRow> {
  const { id } = await judgeAccess(tx, actor, question);
  await shareOrganization(tx, asId<OrganizationId>(id));
  await requireCaller(tx, actor);
  return judgeAccess(tx, actor, question);
}

/**
 * Refuses a caller without the right before slow work, such as the making of a key. What is then written asks
 * {@link requireAccessAlone}, because the right may be gone when the work is done.
 *
 * @throws as `requireAccess` in `read-access.ts`.
 */
export async function refuseEarly({ db }: Reader, actor: Actor, question: AccessQuestion): Promise<OrganizationRow> {
  return judgeAccess(db, actor, question);
}

import { requireAccessToObjectAlone } from '../access/access-to-object.ts';
import { requireAccessAlone } from '../access/access.ts';
import { requireCallerLocked } from '../access/caller.ts';
import type { Action } from '../access/permissions.ts';
import { requireAccessToObject } from '../access/read-access-to-object.ts';
import type { Actor } from '../contract/actor.ts';
import { appError } from '../contract/errors.ts';
import type { OrganizationId } from '../contract/ids.ts';
import type { Reader, Tx } from '../storage/database.ts';
import { lockAlone } from '../storage/named-locks.ts';
import type { Application } from './application.ts';
import { findApplication } from './queries.ts';

const missing = 'application_not_found';
const subject = 'applications';

/** The name of the lock for changes to the operator's applications. It comes before the lock of any organization. */
const operatorsLock = 'applications of the operator';

/**
 * The named application, if the caller may read it: an instance admin, or an admin of the organization that owns it.
 *
 * @throws `application_not_found` or `permission_denied`.
 */
export async function requireApplication(reader: Reader, actor: Actor, id: string): Promise<Application> {
  const application = await findApplication(reader.db, id);
  if (application === undefined) throw appError(missing);
  const { organizationId } = application;
  if (organizationId === null) return requireInstanceAdmin(actor, application);
  const object = { organizationId };
  await requireAccessToObject(reader, actor, { object, missing, subject, action: 'read' });
  return application;
}

/**
 * The named application, if the caller may change it. Locks its owner, so that it does not change until the transaction
 * ends.
 *
 * @throws `application_not_found`, `permission_denied` or `token_invalid`.
 */
export async function requireApplicationAlone(
  tx: Tx,
  actor: Actor,
  { id, action }: { readonly id: string; readonly action: Action },
): Promise<Application> {
  const found = await findApplication(tx, id);
  if (found === undefined) throw appError(missing);
  if (found.organizationId === null) {
    requireInstanceAdmin(actor, found);
    await lockOperatorsApplications(tx, actor);
  } else {
    const { organizationId } = found;
    const find = async () => ({ organizationId });
    await requireAccessToObjectAlone(tx, actor, { find, missing, subject, action });
  }
  const locked = await findApplication(tx, id);
  if (locked === undefined) throw appError(missing);
  return locked;
}

/**
 * Checks that the caller may create an application for an owner, and locks the owner.
 *
 * @returns the organization, or `null` for the operator.
 * @throws `organization_not_found`, `permission_denied` or `token_invalid`.
 */
export async function requireOwnerAlone(
  tx: Tx,
  actor: Actor,
  organizationId: string | undefined,
): Promise<OrganizationId | null> {
  if (organizationId === undefined) {
    if (!actor.isInstanceAdmin) throw appError('permission_denied');
    await lockOperatorsApplications(tx, actor);
    return null;
  }
  return (await requireAccessAlone(tx, actor, { organizationId, subject, action: 'create' })).id;
}

async function lockOperatorsApplications(tx: Tx, actor: Actor): Promise<void> {
  await lockAlone(tx, operatorsLock);
  await requireCallerLocked(tx, actor);
}

// To everyone else, an application of the operator does not exist in the registry.
function requireInstanceAdmin(actor: Actor, application: Application): Application {
  if (!actor.isInstanceAdmin) throw appError(missing);
  return application;
}

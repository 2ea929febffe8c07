import { auditActor } from '../audit/append.ts';
import type { Actor, RequestOrigin } from '../contract/actor.ts';
import { appError } from '../contract/errors.ts';
import { asId, type OrganizationId } from '../contract/ids.ts';
import { requireAccess } from '../organizations/access.ts';
import { findOidcConfig, type OidcConfigRow } from './queries.ts';
import type { SsoConfigDeps } from './routes.ts';

/** Reads a configuration; that somebody did is in the audit trail. */
export async function readOidcConfig(
  { database, audit }: Pick<SsoConfigDeps, 'database' | 'audit'>,
  { actor, organizationId, origin }: { actor: Actor; organizationId: string; origin: RequestOrigin },
): Promise<OidcConfigRow> {
  const organization = await requireAccess(database.db, actor, { organizationId, subject: 'sso', action: 'read' });
  const id = asId<OrganizationId>(organization.id);
  const row = await findOidcConfig(database.db, id);
  if (row === undefined) throw appError('oidc_config_not_found');
  const event = { type: 'oidc-config-read', metadata: { configId: row.id } } as const;
  // Nothing was changed, so nobody waits for the disk: a power cut may forget that somebody looked.
  await database.transaction(async (tx) => audit(tx, { organizationId: id, actor: auditActor(actor), event, origin }), {
    durability: 'relaxed',
  });
  return row;
}

/** Whether sign-ins set the memberships of groups; every member may ask. */
export async function readManagesGroups(
  { database }: Pick<SsoConfigDeps, 'database'>,
  { actor, organizationId }: { actor: Actor; organizationId: string },
): Promise<boolean> {
  const access = { organizationId, subject: 'groups', action: 'read' } as const;
  const organization = await requireAccess(database.db, actor, access);
  const row = await findOidcConfig(database.db, asId<OrganizationId>(organization.id));
  return row !== undefined && row.is_active === 1 && row.manage_group_memberships === 1;
}

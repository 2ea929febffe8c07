import { auditActor } from '../audit/append.ts';
import type { Actor, ClientInfo } from '../contract/actor.ts';
import { appError } from '../contract/errors.ts';
import { requireAccessShared } from '../access/access.ts';
import { requireAccess } from '../access/read-access.ts';
import { findOidcConfig, type OidcConfigRow } from './queries.ts';
import type { SsoConfigDeps } from './routes.ts';

/** Reads a connection and audits the read. */
export async function readOidcConfig(
  { database, audit }: Pick<SsoConfigDeps, 'database' | 'audit'>,
  { actor, organizationId, clientInfo }: { actor: Actor; organizationId: string; clientInfo: ClientInfo },
): Promise<OidcConfigRow> {
  const access = { organizationId, subject: 'sso', action: 'read' } as const;
  return database.transaction(
    async (tx) => {
      const id = (await requireAccessShared(tx, actor, access)).id;
      const row = await findOidcConfig(tx, id);
      if (row === undefined) throw appError('oidc_config_not_found');
      const event = { type: 'oidc-config-read', metadata: { configId: row.id } } as const;
      await audit(tx, { organizationId: id, actor: auditActor(actor), event, clientInfo });
      return row;
    },
    // Nothing changed, so the request does not wait for the disk. A power failure may lose this entry.
    { durability: 'relaxed' },
  );
}

/** Whether sign-ins set the group memberships. Every member may read it. */
export async function readManagesGroups(
  { database }: Pick<SsoConfigDeps, 'database'>,
  { actor, organizationId }: { actor: Actor; organizationId: string },
): Promise<boolean> {
  const access = { organizationId, subject: 'groups', action: 'read' } as const;
  const organization = await requireAccess(database, actor, access);
  const row = await findOidcConfig(database.db, organization.id);
  return row !== undefined && row.is_active === 1 && row.manage_group_memberships === 1;
}

/**
 * An organization's connection: what an admin stores, the validation rules, and how it is kept. `permissions.ts`
 * decides who may do what, and the relying party interprets the settings.
 */
import type { SessionEndReason } from '../contract/audit-reasons.ts';
import type { AuditedDatabase } from '../audit/audited-database.ts';
import type { FastifyRequest } from 'fastify';

import type { AppendAudit } from '../audit/append.ts';
import { connectionOptionRoutes } from '../contract/connection-options.ts';
import { oidcConfigRoutes } from '../contract/oidc-config.ts';
import type { Mount } from '../http/mount.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Logger } from '../kernel/logger.ts';
import type { Random } from '../kernel/random.ts';
import type { MakeClientKey } from '../oidc/client-authentication/make-client-key.ts';
import type { OutboundPolicy } from '../outbound/outbound-policy.ts';
import type { Tx } from '../storage/database.ts';
import type { Keyring } from '../storage/keys/keyring.ts';
import { certificateWarnings } from './read-certificates.ts';
import { createOidcConfig } from './create-oidc-config.ts';
import { removeOidcConfig } from './delete-oidc-config.ts';
import type { OidcConfigRow } from './queries.ts';
import { readManagesGroups, readOidcConfig } from './read-oidc-config.ts';
import { etagOf } from '../http/precondition.ts';
import { toOidcConfig, toOidcConfigWithClient } from './settings-row.ts';
import { optionsOfRow } from './stored-options.ts';
import { changeOidcConfig } from './update-oidc-config.ts';
import { warningsOf } from './warnings.ts';

export interface SsoConfigDeps {
  readonly database: AuditedDatabase;
  readonly audit: AppendAudit;
  readonly clock: Clock;
  readonly random: Random;
  readonly keyring: Keyring;
  readonly policy: OutboundPolicy;
  readonly makeClientKey: MakeClientKey;
  /** Ends the sessions of a connection and returns their number. */
  endSessionsOf(
    tx: Tx,
    config: Pick<OidcConfigRow, 'id' | 'organization_id'>,
    reason: SessionEndReason,
  ): Promise<number>;
}

export function mountSsoConfig(mount: Mount, deps: SsoConfigDeps, logger: Logger): void {
  const logWarnings = (row: OidcConfigRow) => {
    const warnings = warningsOf(row, deps.keyring).map(({ code }) => code);
    if (warnings.length === 0) return;
    logger.warn({ organizationId: row.organization_id, warnings }, 'an OIDC configuration has a weakness');
  };
  mount(oidcConfigRoutes.createOidcConfig, async ({ actor, body, clientInfo, reply }) => {
    const row = await createOidcConfig(deps, { actor, body, clientInfo });
    logWarnings(row);
    reply.header('etag', etagOf(row));
    return toOidcConfig(row);
  });
  mount(oidcConfigRoutes.readOidcConfig, async ({ actor, query, clientInfo, reply }) => {
    const row = await readOidcConfig(deps, { actor, organizationId: query.organizationId, clientInfo });
    reply.header('etag', etagOf(row));
    return toOidcConfigWithClient(row);
  });
  mount(oidcConfigRoutes.updateOidcConfig, async ({ actor, body, request, clientInfo, reply }) => {
    const row = await changeOidcConfig(deps, { actor, body, ifMatch: ifMatchOf(request), clientInfo });
    logWarnings(row);
    reply.header('etag', etagOf(row));
    return toOidcConfig(row);
  });
  mount(oidcConfigRoutes.deleteOidcConfig, async ({ actor, query, request, clientInfo }) => {
    const { organizationId } = query;
    return toOidcConfig(
      await removeOidcConfig(deps, { actor, organizationId, ifMatch: ifMatchOf(request), clientInfo }),
    );
  });
  mount(connectionOptionRoutes.readConnectionOptions, async ({ actor, query, clientInfo, reply }) => {
    const row = await readOidcConfig(deps, { actor, organizationId: query.organizationId, clientInfo });
    reply.header('etag', etagOf(row));
    const warnings = [...warningsOf(row, deps.keyring), ...(await certificateWarnings(deps, row))];
    return { configId: row.id, options: optionsOfRow(row), warnings };
  });
  mount(oidcConfigRoutes.readManageGroupMemberships, async ({ actor, query }) => ({
    isEnabled: await readManagesGroups(deps, { actor, organizationId: query.orgId }),
  }));
}

function ifMatchOf(request: FastifyRequest): string | undefined {
  return request.headers['if-match'];
}

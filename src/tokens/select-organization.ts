import { asId, type OidcConfigId, type OrganizationId, type UserId } from '../contract/ids.ts';
import type { RequestOrigin } from '../contract/actor.ts';
import { appError } from '../contract/errors.ts';
import { findMemberRoles, findOrganization } from '../organizations/queries.ts';
import type { Database } from '../storage/database.ts';
import type { Clock } from '../kernel/clock.ts';
import type { SessionRow } from './queries.ts';
import { sessionLifetimeSeconds } from './session-lifetime.ts';
import type { Sessions, StartedSession } from './sessions.ts';

/** Who chooses, by which session, and what. */
export interface Choice {
  readonly session: SessionRow;
  readonly email: string;
  readonly isInstanceAdmin: boolean;
  readonly organizationId: string;
  readonly origin: RequestOrigin;
}

/**
 * Starts a session that speaks for one organization, on the strength of another session. One that came from an
 * organization's identity provider can only be continued for that organization; and no session outlives the one that
 * it came from.
 *
 * @throws `organization_not_found`
 */
export async function selectOrganization(
  { database, sessions, clock }: { database: Database; sessions: Sessions; clock: Clock },
  { session, email, isInstanceAdmin, organizationId, origin }: Choice,
): Promise<StartedSession & { lifetimeSeconds: number }> {
  const id = asId<OrganizationId>(organizationId);
  const isBoundElsewhere = session.organization_id !== null && session.organization_id !== organizationId;
  const organization = isBoundElsewhere ? undefined : await findOrganization(database.db, id);
  const roles = organization && (await findMemberRoles(database.db, id, asId<UserId>(session.user_id)));
  if (organization === undefined || (roles?.length === 0 && !isInstanceAdmin)) throw appError('organization_not_found');
  const leftSeconds = Math.floor((session.expires_at - clock.nowMs()) / 1000);
  const ownSeconds = sessionLifetimeSeconds(organization.user_token_expiration) ?? leftSeconds;
  const lifetimeSeconds = Math.min(ownSeconds, leftSeconds);
  const started = await database.transaction(async (tx) =>
    sessions.start(tx, {
      userId: asId<UserId>(session.user_id),
      email,
      organizationId: id,
      authMethod: session.auth_method,
      oidcConfigId: session.oidc_config_id === null ? undefined : asId<OidcConfigId>(session.oidc_config_id),
      lifetimeSeconds,
      origin,
    }),
  );
  return { ...started, lifetimeSeconds };
}

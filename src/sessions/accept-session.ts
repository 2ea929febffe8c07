import type { Clock } from '../kernel/clock.ts';
import { asId, type OrganizationId } from '../contract/ids.ts';
import { findOrganization, shareOrganization } from '../access/queries.ts';
import { latestEndMs } from '../contract/session-lifetime.ts';
import type { Database } from '../storage/database.ts';
import { extendSession, type SessionRow } from './queries.ts';

/**
 * Extends a provisional session to the lifetime of its organization, after the user has agreed to it. Returns the
 * lifetime in seconds, or `undefined` if the session has ended.
 */
export async function acceptSession(
  { database, clock }: { readonly database: Database; readonly clock: Clock },
  session: SessionRow,
): Promise<number | undefined> {
  return database.transaction(async (tx) => {
    const organizationId = asId<OrganizationId>(session.organization_id ?? '');
    // A concurrent change of the organization's session lifetime either commits before, or shortens this session too.
    await shareOrganization(tx, organizationId);
    const organization = await findOrganization(tx, organizationId);
    if (organization === undefined) return undefined;
    const nowMs = clock.nowMs();
    const expiresAtMs = latestEndMs(organization.userTokenExpiration, session.authenticated_at);
    const isExtended = await extendSession(tx, { id: session.id, expiresAtMs, nowMs });
    return isExtended ? Math.floor((expiresAtMs - nowMs) / 1000) : undefined;
  });
}

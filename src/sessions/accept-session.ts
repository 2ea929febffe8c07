import type { Clock } from '../kernel/clock.ts';
import { asId, type OrganizationId } from '../contract/ids.ts';
import { findOrganization, shareOrganization } from '../access/queries.ts';
import { latestEndMs } from '../organizations/session-lifetime.ts';
import type { Database } from '../storage/database.ts';
import { extendSession, type SessionRow } from './queries.ts';

/**
 * Gives a session that was begun for a few minutes the time that its organization allows, once its holder has agreed to
 * it. Returns its lifetime in seconds, or `undefined` when it has ended meanwhile.
 */
export async function acceptSession(
  { database, clock }: { readonly database: Database; readonly clock: Clock },
  session: SessionRow,
): Promise<number | undefined> {
  return database.transaction(async (tx) => {
    const organizationId = asId<OrganizationId>(session.organization_id ?? '');
    // A change of the lifetime that the organization allows comes before, or shortens this session too.
    await shareOrganization(tx, organizationId);
    const organization = await findOrganization(tx, organizationId);
    if (organization === undefined) return undefined;
    const nowMs = clock.nowMs();
    const expiresAtMs = latestEndMs(organization.user_token_expiration, session.authenticated_at);
    const isExtended = await extendSession(tx, { id: session.id, expiresAtMs, nowMs });
    return isExtended ? Math.floor((expiresAtMs - nowMs) / 1000) : undefined;
  });
}

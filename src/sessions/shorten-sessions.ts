import type { OrganizationId } from '../contract/ids.ts';
import { latestEndMs } from '../contract/session-lifetime.ts';
import type { Tx } from '../storage/database.ts';
import { shortenSessions } from './queries.ts';

/** Shortens an organization's live sessions to a lifetime such as `12h`. A longer lifetime extends none of them. */
export async function shortenToLifetime(tx: Tx, organizationId: OrganizationId, expiration: string): Promise<void> {
  await shortenSessions(tx, organizationId, latestEndMs(expiration, 0));
}

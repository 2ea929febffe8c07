import type { OrganizationId } from '../contract/ids.ts';
import { latestEndMs } from '../organizations/session-lifetime.ts';
import type { Tx } from '../storage/database.ts';
import { shortenSessions } from './queries.ts';

/** Cuts an organization's live sessions down to a lifetime such as `12h`. A longer one gives none of them more time. */
export async function shortenToLifetime(tx: Tx, organizationId: OrganizationId, expiration: string): Promise<void> {
  await shortenSessions(tx, organizationId, latestEndMs(expiration, 0));
}

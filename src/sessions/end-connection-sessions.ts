import { asId, type OrganizationId } from '../contract/ids.ts';
import type { SessionEndReason } from '../contract/audit-reasons.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Tx } from '../storage/database.ts';
import { endSessions } from './queries.ts';

/** Ends the sessions that a connection signed in, and returns their number. */
export function createEndConnectionSessions(clock: Clock) {
  return async (
    tx: Tx,
    connection: { readonly id: string; readonly organization_id: string },
    reason: SessionEndReason,
  ): Promise<number> => {
    const organizationId = asId<OrganizationId>(connection.organization_id);
    const which = { kind: 'connection', connectionId: connection.id, organizationId } as const;
    const { length } = await endSessions(tx, which, { nowMs: clock.nowMs(), reason });
    return length;
  };
}

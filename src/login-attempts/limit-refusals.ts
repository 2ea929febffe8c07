import type { AuditedTx } from '../audit/audited-database.ts';
import type { AuditEntry, AppendAudit } from '../audit/append.ts';
import type { ClientInfo } from '../contract/actor.ts';
import type { OrganizationId } from '../contract/ids.ts';
import { countRefusal } from './refusal-queries.ts';

const minuteMs = 60_000;

/**
 * Whether a refused sign-in of an organization gets a record and an entry of the audit trail. Anybody can have a sign-in
 * refused as often as they like, so beyond `recordedMax` in one minute they are only counted; the trail says so once.
 */
export async function isRefusalRecorded(
  { audit, recordedMax }: { audit: AppendAudit; recordedMax: number },
  tx: AuditedTx,
  { organizationId, nowMs, clientInfo }: { organizationId: OrganizationId; nowMs: number; clientInfo: ClientInfo },
): Promise<boolean> {
  const minuteAtMs = nowMs - (nowMs % minuteMs);
  const omitted = await countRefusal(tx, { organizationId, minuteAtMs, recordedMax });
  if (omitted === 1) await audit(tx, floodEntry({ organizationId, recordedMax, clientInfo }));
  return omitted === 0;
}

function floodEntry({
  organizationId,
  recordedMax,
  clientInfo,
}: {
  organizationId: OrganizationId;
  recordedMax: number;
  clientInfo: ClientInfo;
}): AuditEntry {
  const event = { type: 'sign-in-refusals-unrecorded', metadata: { recordedPerMinute: recordedMax } } as const;
  return { organizationId, actor: { type: 'server', metadata: {} }, event, clientInfo };
}

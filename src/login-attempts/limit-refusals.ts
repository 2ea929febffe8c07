import type { AuditedTx } from '../audit/audited-database.ts';
import type { AuditEntry, AppendAudit } from '../audit/append.ts';
import type { ClientInfo } from '../contract/actor.ts';
import type { OrganizationId } from '../contract/ids.ts';
import { countRefusal } from './refusal-queries.ts';

const minuteMs = 60_000;

/**
 * Whether a refused sign-in gets a record and an audit entry. Anyone can cause refused sign-ins, as many as they like.
 * So beyond `recordedMax` of an organization within a minute, refusals are only counted, and one audit entry says so.
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

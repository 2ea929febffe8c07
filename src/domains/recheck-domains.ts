import { applyCheck } from './apply-check.ts';
import { byServer } from './by-server.ts';
import type { DomainsDeps } from './deps.ts';
import { recheckBatchesPerRoundMax, recheckBatchMax, recheckLeaseMs } from './limits.ts';
import { claimDueDomains, type EmailDomainRow } from './queries.ts';
import { isOwning, judge } from './rules.ts';
import { bindVouchedDomains } from './vouched-domains.ts';

/**
 * One round of the background check: checks every verified domain that is due. Each node takes other domains. If a node
 * dies, the others take its domains a moment later.
 */
export async function recheckDomains(deps: DomainsDeps): Promise<void> {
  await bindVouchedDomains(deps, deps.domainSettings.vouched);
  for (let batch = 0; batch < recheckBatchesPerRoundMax; batch += 1) {
    const nowMs = deps.clock.nowMs();
    const due = await deps.database.transaction(async (tx) =>
      claimDueDomains(tx, { nowMs, leaseMs: recheckLeaseMs, limit: recheckBatchMax }),
    );
    await Promise.all(due.map(async (row) => recheck(deps, row)));
    if (due.length < recheckBatchMax) return;
  }
}

async function recheck(deps: DomainsDeps, row: EmailDomainRow): Promise<void> {
  if (!isOwning(row.status)) return;
  const finding = judge(await deps.lookupTxt(row.record_name), row.record_value);
  // A row that changed meanwhile was decided by another check, which scheduled its next one.
  await deps.database.transaction(async (tx) => applyCheck(deps, tx, { row, finding, looker: byServer }));
}

import { asId, type OrganizationId } from '../contract/ids.ts';
import type { AuditWebhooksDeps } from './deps.ts';
import { leaseMs } from './limits.ts';
import { type NextMessage, readNextMessage } from './message.ts';
import { type AuditWebhookRow, claimWebhook, settleClaim } from './queries.ts';
import { type Outcome, planAfter } from './rules.ts';
import { sendMessage } from './send-message.ts';

/** `nothing`: the receiver has every entry, or another node sends. */
export type Delivery = 'delivered' | 'failed' | 'nothing';

/**
 * Delivers the next message of a webhook. First a transaction stores which node sends it, with the message's
 * identifier. If the
 * node dies, another node sends the same message again after the lease. No transaction is open while the receiver
 * responds.
 */
export async function deliverNext(
  deps: AuditWebhooksDeps,
  row: AuditWebhookRow,
  isStopping: () => boolean = () => false,
): Promise<Delivery> {
  const message = await readNextMessage(deps.database.db, row);
  if (message === undefined) return 'nothing';
  const claimed = await claim(deps, row, message);
  if (claimed === undefined) return 'nothing';
  const { body } = message;
  const id = claimed.message_id ?? '';
  const outcome = body === undefined ? 'skipped' : await sendMessage(deps, claimed, { id, body });
  // A request that the shutdown interrupted says nothing about the receiver.
  if (outcome !== 'skipped' && outcome !== 'delivered' && isStopping()) {
    await deps.database.transaction(async (tx) => settleClaim(tx, claimed, {}));
    return 'failed';
  }
  return settle(deps, claimed, { message, outcome });
}

async function claim(
  { database, clock, random }: AuditWebhooksDeps,
  row: AuditWebhookRow,
  { kind, through }: NextMessage,
): Promise<AuditWebhookRow | undefined> {
  const isSame = row.message_kind === kind && row.message_through_sequence === through;
  const messageId = isSame ? row.message_id : null;
  return database.transaction(async (tx) =>
    claimWebhook(tx, row, {
      lease_id: random.uuid(),
      lease_until_at: clock.nowMs() + leaseMs,
      message_id: messageId ?? `msg_${random.uuid()}`,
      message_kind: kind,
      message_through_sequence: through,
    }),
  );
}

async function settle(
  deps: AuditWebhooksDeps,
  claimed: AuditWebhookRow,
  { message, outcome }: { message: NextMessage; outcome: Outcome | 'skipped' },
): Promise<Delivery> {
  const nowMs = deps.clock.nowMs();
  const isArrived = outcome === 'skipped' || outcome === 'delivered';
  const arrived = {
    delivered_sequence: message.through,
    missed_count: claimed.missed_count + message.missed,
    message_id: null,
    message_kind: null,
    message_through_sequence: null,
    ...(outcome === 'skipped' ? {} : { last_attempt_at: nowMs, last_delivered_at: nowMs }),
    ...noFailure(nowMs),
  };
  await deps.database.transaction(async (tx) => {
    if (isArrived) return void (await settleClaim(tx, claimed, arrived));
    const failed = afterFailure(deps, claimed, { outcome, nowMs });
    const isSettled = await settleClaim(tx, claimed, failed);
    if (!isSettled || failed.pause_reason === undefined) return undefined;
    return deps.audit(tx, {
      organizationId: asId<OrganizationId>(claimed.organization_id),
      actor: { type: 'server', metadata: {} },
      event: { type: 'audit-webhook-pause', metadata: { webhookId: claimed.id, reason: failed.pause_reason } },
      clientInfo: { ipAddress: '', userAgent: '' },
    });
  });
  return isArrived ? 'delivered' : 'failed';
}

/** The columns of a webhook with a working receiver, and when it may get the next message. */
export function noFailure(nowMs: number) {
  return { attempt_count: 0, next_attempt_at: nowMs, failing_since_at: null, last_error: null };
}

function afterFailure(
  { random }: AuditWebhooksDeps,
  { attempt_count: count, failing_since_at: failingSinceAt }: AuditWebhookRow,
  { outcome, nowMs }: { outcome: Exclude<Outcome, 'delivered'>; nowMs: number },
) {
  const chance = random.bytes(1).readUInt8() / 256;
  const plan = planAfter(outcome, { count, failingSinceMs: failingSinceAt ?? undefined }, { nowMs, chance });
  return {
    attempt_count: count + 1,
    failing_since_at: failingSinceAt ?? nowMs,
    last_attempt_at: nowMs,
    last_error: outcome,
    ...(plan.kind === 'retry' ? { next_attempt_at: plan.nextAttemptMs } : {}),
    ...(plan.kind === 'pause' ? { pause_reason: plan.reason } : {}),
  };
}

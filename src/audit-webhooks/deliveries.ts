import type { Logger } from '../kernel/logger.ts';
import { deliverNext } from './deliver-next.ts';
import type { AuditWebhooksDeps } from './deps.ts';
import {
  deliveriesAtOnceMax,
  failingDeliveriesAtOnceMax,
  messagesPerTurnMax,
  slowReceiversMax,
  slowTurnMs,
} from './limits.ts';
import { type AuditWebhookRow, findDueWebhook, listDueWebhooks } from './queries.ts';

/** Delivers the audit trails of all organizations from one node. */
export interface Deliveries {
  /**
   * Starts every delivery that is due and has a slot. It does not wait for receivers, so one that hangs delays no
   * other.
   */
  round(): Promise<void>;
  /** Resolves when no delivery is running. */
  idle(): Promise<void>;
  /** Starts no more deliveries. Running ones may be interrupted, and are sent again later. */
  stop(): Promise<void>;
}

interface UnderWay {
  /** Its receiver failed before, or was slow. */
  readonly isTroubled: boolean;
  readonly done: Promise<void>;
}

/**
 * Creates the deliveries. Only some of the slots are for receivers that failed before or were slow, so that fast
 * receivers always
 * find a slot, even if many organizations have receivers that hang.
 */
export function createDeliveries(deps: AuditWebhooksDeps, logger: Logger): Deliveries {
  const underWay = new Map<string, UnderWay>();
  const stopped = new AbortController();
  const isStopping = () => stopped.signal.aborted;
  const slow = new Set<string>();
  const hasRoom = (isTroubled: boolean) => {
    const troubled = [...underWay.values()].filter((each) => each.isTroubled).length;
    return underWay.size < deliveriesAtOnceMax && !(isTroubled && troubled >= failingDeliveriesAtOnceMax);
  };
  const isTroubled = ({ id, attempt_count: failures }: AuditWebhookRow) => failures > 0 || slow.has(id);
  const noteTurn = (id: string, tookMs: number) => {
    slow.delete(id);
    if (tookMs < slowTurnMs) return;
    slow.add(id);
    const [oldest] = slow;
    if (slow.size > slowReceiversMax && oldest !== undefined) slow.delete(oldest);
  };

  /** Several messages in a row, as long as the receiver accepts them. */
  async function takeTurn(row: AuditWebhookRow): Promise<void> {
    const startedAtMs = deps.clock.nowMs();
    const tookMs = () => deps.clock.nowMs() - startedAtMs;
    let next: AuditWebhookRow | undefined = row;
    for (let sent = 0; next !== undefined && sent < messagesPerTurnMax && !isStopping(); sent += 1) {
      const outcome = await deliverNext(deps, next, isStopping);
      noteTurn(row.id, tookMs());
      // A slow receiver's next turn is after those of the others.
      if (outcome !== 'delivered' || tookMs() >= slowTurnMs) return;
      next = await findDueWebhook(deps.database.db, row.id, deps.clock.nowMs());
    }
  }

  function begin(row: AuditWebhookRow): void {
    const { id: webhookId } = row;
    const done = takeTurn(row)
      .catch((err: unknown) =>
        logger.warn({ err, webhookId }, 'an audit trail could not be delivered; it is tried again'),
      )
      .finally(() => underWay.delete(webhookId));
    underWay.set(webhookId, { isTroubled: isTroubled(row), done });
  }

  const idle = async (): Promise<void> => {
    await Promise.all([...underWay.values()].map(({ done }) => done));
  };
  return {
    round: async () => {
      const nowMs = deps.clock.nowMs();
      // Slow receivers without a slot must not fill the list either.
      const except = hasRoom(true) ? [] : [...slow];
      const due = await listDueWebhooks(deps.database.db, { nowMs, limit: deliveriesAtOnceMax, except });
      for (const row of due) {
        if (!isStopping() && !underWay.has(row.id) && hasRoom(isTroubled(row))) begin(row);
      }
    },
    idle,
    stop: async () => {
      stopped.abort();
      await idle();
    },
  };
}

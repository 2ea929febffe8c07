import type { Logger } from '../kernel/logger.ts';
import { deliverNext } from './deliver-next.ts';
import type { AuditWebhooksDeps } from './deps.ts';
import { deliveriesAtOnceMax, failingDeliveriesAtOnceMax, messagesPerTurnMax } from './limits.ts';
import { type AuditWebhookRow, findDueWebhook, listDueWebhooks } from './queries.ts';

/** What delivers the audit trails of all organizations from one node. */
export interface Deliveries {
  /** Begins whatever is due and has a slot. Does not wait for receivers: one that hangs delays no other. */
  round(): Promise<void>;
  /** Resolves when nothing that was begun is under way any more. */
  idle(): Promise<void>;
  /** Begins nothing more. What is under way may be cut off; it is given back, to be sent again. */
  stop(): Promise<void>;
}

interface UnderWay {
  readonly isFailing: boolean;
  readonly done: Promise<void>;
}

/**
 * Makes what delivers. So many receivers are waited for at once; of these only a part may be such that failed before, so
 * that receivers which are well always find a slot.
 */
export function createDeliveries(deps: AuditWebhooksDeps, logger: Logger): Deliveries {
  const underWay = new Map<string, UnderWay>();
  const stopped = new AbortController();
  const isStopping = () => stopped.signal.aborted;
  const hasRoom = (isFailing: boolean) => {
    const failing = [...underWay.values()].filter((each) => each.isFailing).length;
    return underWay.size < deliveriesAtOnceMax && !(isFailing && failing >= failingDeliveriesAtOnceMax);
  };

  /** Several messages in a row, as long as the receiver takes them. */
  async function takeTurn(row: AuditWebhookRow): Promise<void> {
    let next: AuditWebhookRow | undefined = row;
    for (let sent = 0; next !== undefined && sent < messagesPerTurnMax && !isStopping(); sent += 1) {
      if ((await deliverNext(deps, next, isStopping)) !== 'delivered') return;
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
    underWay.set(webhookId, { isFailing: row.attempt_count > 0, done });
  }

  const idle = async (): Promise<void> => {
    await Promise.all([...underWay.values()].map(({ done }) => done));
  };
  return {
    round: async () => {
      const due = await listDueWebhooks(deps.database.db, { nowMs: deps.clock.nowMs(), limit: deliveriesAtOnceMax });
      for (const row of due) {
        if (!isStopping() && !underWay.has(row.id) && hasRoom(row.attempt_count > 0)) begin(row);
      }
    },
    idle,
    stop: async () => {
      stopped.abort();
      await idle();
    },
  };
}

import type { Clock } from '../kernel/clock.ts';
import type { Logger } from '../kernel/logger.ts';
import type { Mailer, Message } from '../mail/create-mailer.ts';
import type { Database } from '../storage/database.ts';
import type { Keyring } from '../storage/keys/keyring.ts';
import { mailLeaseSeconds, mailsPerRound } from './mail-limits.ts';
import { changeQueued, claimDueMails, type MailRow } from './mail-queries.ts';
import { planAfterAttempt } from './mail-rules.ts';
import { mailPurpose } from './queue-mail.ts';

export interface MailDelivery {
  readonly database: Database;
  readonly keyring: Keyring;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly mailer: Mailer;
}

/**
 * Sends the messages that are due, one after the other. If a node dies between sending and recording, the message is
 * sent again: delivery is at least once. No transaction is open while it waits for the mail server.
 */
export async function deliverMails(deps: MailDelivery): Promise<void> {
  const { database, clock } = deps;
  for (;;) {
    const due = { nowMs: clock.nowMs(), leaseMs: mailLeaseSeconds * 1000, limit: mailsPerRound };
    const rows = await database.transaction(async (tx) => claimDueMails(tx, due));
    for (const row of rows) await deliver(deps, row);
    if (rows.length < mailsPerRound) return;
  }
}

async function deliver({ database, keyring, clock, logger, mailer }: MailDelivery, row: MailRow): Promise<void> {
  // Only queue-mail.ts encrypts this value, so its format is known.
  const message: Message = JSON.parse(keyring.open(row.sealed_message, mailPurpose(row.id)));
  const outcome = await mailer.send(message);
  const plan = planAfterAttempt(outcome, row.attempt_count);
  const nowMs = clock.nowMs();
  if (outcome !== 'sent') {
    logger.warn({ mailId: row.id, attempts: row.attempt_count, outcome }, 'a message was not sent');
  }
  const change =
    plan.kind === 'done'
      ? ({ status: plan.status, sealed_message: '', next_attempt_at: null } as const)
      : { next_attempt_at: nowMs + plan.afterSeconds * 1000 };
  await database.transaction(async (tx) => changeQueued(tx, row.id, { ...change, updated_at: nowMs }));
}

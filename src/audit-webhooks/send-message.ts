import type { AuditWebhooksDeps } from './deps.ts';
import { answerBytesMax, deliveryMsMax } from './limits.ts';
import type { AuditWebhookRow } from './queries.ts';
import { type Outcome, outcomeOfError, outcomeOfStatus } from './rules.ts';
import { openSecrets } from './secrets.ts';
import { signedHeaders } from './signature.ts';

/** Sends one message, signed for this attempt, and returns the outcome. The receiver's response is not stored. */
export async function sendMessage(
  { clock, keyring, outbound }: AuditWebhooksDeps,
  row: AuditWebhookRow,
  { id, body, totalMs = deliveryMsMax }: { id: string; body: string; totalMs?: number },
): Promise<Outcome> {
  const nowMs = clock.nowMs();
  try {
    const secrets = openSecrets(keyring, row, nowMs);
    const signed = signedHeaders({ id, timestampSeconds: Math.floor(nowMs / 1000), body }, secrets);
    const answer = await outbound.fetch({
      url: row.url,
      method: 'POST',
      headers: { 'content-type': 'application/json', ...signed },
      body,
      limits: { bytesMax: answerBytesMax, totalMs },
      bulkhead: row.organization_id,
      step: 'audit_webhook',
    });
    return outcomeOfStatus(answer.status);
  } catch (thrown) {
    const outcome = outcomeOfError(thrown);
    if (outcome === undefined) throw thrown;
    return outcome;
  }
}

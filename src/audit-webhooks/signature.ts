import { createHmac } from 'node:crypto';

/** What a signature covers in addition to the body. */
export interface SignedMessage {
  /** The same in every attempt, so that a receiver can drop a message that it already has. */
  readonly id: string;
  /** The time of this attempt, in seconds since the Unix epoch. */
  readonly timestampSeconds: number;
  readonly body: string;
}

const secretPrefix = 'whsec_';

/**
 * A signing secret as an admin sees it (Standard Webhooks 1.0.0, "Signature scheme"): the prefix, and the key in
 * base64.
 */
export function formatSecret(key: Buffer): string {
  return `${secretPrefix}${key.toString('base64')}`;
}

/**
 * The headers of a message by the Standard Webhooks specification 1.0.0 ("Webhook metadata" and "Signature scheme"):
 * HMAC-SHA256 over
 * identifier, timestamp and body, joined by full stops. Several secrets give several signatures, separated by spaces,
 * so that a
 * receiver may change to the new secret at any time.
 */
export function signedHeaders(
  { id, timestampSeconds, body }: SignedMessage,
  secrets: readonly string[],
): Record<string, string> {
  const signatures = secrets.map((secret) => {
    const key = Buffer.from(secret.slice(secretPrefix.length), 'base64');
    return `v1,${createHmac('sha256', key).update(`${id}.${timestampSeconds}.${body}`, 'utf8').digest('base64')}`;
  });
  return {
    'webhook-id': id,
    'webhook-timestamp': String(timestampSeconds),
    'webhook-signature': signatures.join(' '),
  };
}

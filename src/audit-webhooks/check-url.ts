import { appError } from '../contract/errors.ts';
import type { OutboundPolicy } from '../outbound/outbound-policy.ts';

/** Faults of the URL itself, whatever the operator allows. */
const malformed: ReadonlySet<string> = new Set([
  'not_absolute',
  'credentials',
  'fragment',
  'too_long',
  'control_character',
]);

/**
 * Checks a receiver's URL against the outbound policy. Only the URL itself is checked here. Each request resolves its
 * host and
 * checks the addresses.
 *
 * @returns the normalized URL.
 * @throws `validation_failed` or `outbound_url_refused`, with what to change.
 */
export function requireAllowedUrl(text: string, policy: OutboundPolicy): string {
  const verdict = policy.checkUrl(text);
  if (verdict.ok) return verdict.url.href;
  const { reason: code } = verdict;
  if (malformed.has(code)) {
    const message = 'must be an absolute https URL without user name, password or fragment';
    throw appError('validation_failed', { meta: { issues: [{ path: 'url', code, message }] } });
  }
  const message = 'is refused by the outbound policy; the operator can allow its host with SALLYPORT_OUTBOUND_ALLOW';
  throw appError('outbound_url_refused', { meta: { issues: [{ path: 'url', code, message }] } });
}

/** The part of a URL in the audit trail: never its path or query, which may contain a secret of the receiver. */
export function hostOf(url: string): string {
  return new URL(url).host;
}

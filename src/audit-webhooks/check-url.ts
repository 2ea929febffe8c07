import { appError } from '../contract/errors.ts';
import type { OutboundPolicy } from '../outbound/outbound-policy.ts';

/** What is wrong with the text itself, whatever the operator allows. */
const malformed: ReadonlySet<string> = new Set([
  'not_absolute',
  'credentials',
  'fragment',
  'too_long',
  'control_character',
]);

/**
 * Holds a receiver's URL against the outbound policy. Only what the URL says for itself is looked at; names are resolved,
 * and their addresses looked at, whenever it is dialled.
 *
 * @returns the URL in its one spelling.
 * @throws `validation_failed` or `outbound_url_refused`, naming what to change.
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

/** What the audit trail tells of a URL: never its path or query, which may hold a secret of the receiver's. */
export function hostOf(url: string): string {
  return new URL(url).host;
}

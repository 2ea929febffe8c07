import { appError } from '../contract/errors.ts';
import type { OutboundPolicy } from '../outbound/outbound-policy.ts';
import type { ApplicationSettings } from './application.ts';

/** The addresses of an application that the server itself calls. */
const calledFields = ['backchannelLogoutUri', 'jwksUri'] as const;

/**
 * Checks the addresses that the server will call against the outbound policy. Only their text is checked here; each
 * request resolves the host and checks its addresses.
 *
 * @throws `outbound_url_refused`, with the field and the operator's setting.
 */
export function requireCallable(settings: ApplicationSettings, policy: OutboundPolicy): void {
  const issues = calledFields.flatMap((path) => {
    const url = settings[path];
    const verdict = url === null ? undefined : policy.checkUrl(url);
    if (verdict === undefined || verdict.ok) return [];
    const message = 'is refused by the outbound policy; the operator can allow its host with SALLYPORT_OUTBOUND_ALLOW';
    return [{ path, code: verdict.reason, message }];
  });
  if (issues.length > 0) throw appError('outbound_url_refused', { meta: { issues } });
}

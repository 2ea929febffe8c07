import { appError } from '../contract/errors.ts';
import { discoveryAddress } from '../oidc/discovery/discovery-address.ts';
import type { OutboundPolicy } from '../outbound/outbound-policy.ts';
import { recogniseProfile } from '../oidc/profiles/recognise-profile.ts';
import { findUrlFault, type FieldIssue, type OidcSettings, urlFields } from './rules.ts';

/** The operator's setting that would allow a URL that the policy rejects. */
const allowSetting = 'SALLYPORT_OUTBOUND_ALLOW';

/** The faults in the URLs of settings, one issue for each field. */
export function findUrlFaults(settings: OidcSettings): FieldIssue[] {
  const issues = urlFields.flatMap((field) =>
    settings[field] === '' ? [] : (findUrlFault(field, settings[field]) ?? []),
  );
  return issues.some(({ path }) => path === 'discoveryURL') ? issues : [...issues, ...findDiscoveryFault(settings)];
}

// A URL that cannot have a discovery document would fail at each sign-in.
function findDiscoveryFault({ configurationType, discoveryURL }: OidcSettings): FieldIssue[] {
  if (configurationType !== 'discoveryURL' || discoveryURL === '') return [];
  if (discoveryAddress(discoveryURL) !== undefined) return [];
  const message =
    'must be the issuer, or the address of its discovery document, which ends in /.well-known/openid-configuration. For a provider without such a document, set configurationType to custom';
  return [{ path: 'discoveryURL', code: 'discovery_url', message }];
}

/**
 * The fault of an active connection whose provider cannot sign users in with OpenID Connect, or not in a supported way.
 */
export function findRefusedProvider({ configurationType, issuer, discoveryURL, isActive }: OidcSettings): FieldIssue[] {
  const [path, typed] =
    configurationType === 'custom' ? (['issuer', issuer] as const) : (['discoveryURL', discoveryURL] as const);
  const { refused } = recogniseProfile({ issuer: typed }).profile;
  return !isActive || refused === undefined
    ? []
    : [{ path, code: 'provider', message: `must be of another identity provider. ${refused}` }];
}

/**
 * Checks the URLs of settings against the outbound policy. Only the text of a URL is checked. Names are resolved when
 * they are dialled, because an error here would reveal what names mean in the operator's network.
 *
 * @throws `outbound_url_refused`, with the field and the operator's setting.
 */
export function requireAllowedUrls(settings: OidcSettings, policy: OutboundPolicy): void {
  const issues = urlFields.flatMap((field) => {
    const verdict = settings[field] === '' ? undefined : policy.checkUrl(settings[field]);
    if (verdict === undefined || verdict.ok) return [];
    const message = `is refused by the outbound policy; the operator can allow its host with ${allowSetting}`;
    return [{ path: field, code: verdict.reason, message }];
  });
  if (issues.length > 0) throw appError('outbound_url_refused', { meta: { issues } });
}

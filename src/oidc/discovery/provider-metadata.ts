import { appError, type KnownError } from '../../contract/errors.ts';
import { member, stringMember, type JsonObject } from '../bounded-json.ts';
import type { ProviderSource } from '../connection.ts';
import { scopesSupportedMax } from '../limits.ts';
import type { OutboundPolicy } from '../../outbound/outbound-policy.ts';
import { recogniseProfile, type RecognisedProfile } from '../profiles/recognise-profile.ts';

export type ClientAuthentication = 'client_secret_basic' | 'client_secret_post';

/** What the relying party has to know of a provider, each field checked. */
export interface ProviderMetadata {
  readonly issuer: string;
  readonly authorizationEndpoint: string;
  readonly tokenEndpoint: string;
  readonly jwksUri: string;
  readonly userinfoEndpoint: string | undefined;
  /** Why the outbound policy refuses the endpoint that the document names. A sign-in that can, does without it. */
  readonly userinfoRefused?: string | undefined;
  readonly clientAuthentication: ClientAuthentication;
  /** The provider names itself in every authorization response (RFC 9207, section 3). */
  readonly sendsIssParameter: boolean;
  /** Whether the document lists PKCE with S256 (RFC 8414, section 2), which some that support it do not. */
  readonly pkce: 'listed' | 'not_listed' | 'unknown';
  /** The scopes that the document lists; it need not list all (OpenID Connect Discovery, section 3). */
  readonly scopesSupported: readonly string[];
  /** What kind of provider this is. It has no say in what is verified. */
  readonly recognised: RecognisedProfile;
}

interface MetadataContext {
  readonly policy: OutboundPolicy;
  /** The issuers that the admin's own text admits. */
  readonly issuers: readonly string[];
  /** Every spelling that the admin's own text fits; all of `issuers` unless one was used before. */
  readonly spellings?: readonly string[] | undefined;
}

/**
 * Reads a discovery document (OpenID Connect Discovery, section 3), field by field. A field that is optional and of the
 * wrong type counts as absent; providers exist that send `"true"` for `true`.
 *
 * @throws `idp_issuer_mismatch`, `idp_issuer_is_template`, `idp_address_refused`, `idp_response_invalid`
 */
export function readMetadata(document: JsonObject, { policy, issuers, spellings }: MetadataContext): ProviderMetadata {
  const issuer = requireIssuer(document, { issuers, spellings });
  const endpoint = (name: string) => requireEndpoint(policy, name, stringMember(document, name));
  requireEndpoint(policy, 'issuer', issuer);
  return withProfile({
    issuer,
    authorizationEndpoint: endpoint('authorization_endpoint'),
    tokenEndpoint: endpoint('token_endpoint'),
    jwksUri: endpoint('jwks_uri'),
    ...optionalUserinfo(policy, stringMember(document, 'userinfo_endpoint')),
    clientAuthentication: chooseAuthentication(member(document, 'token_endpoint_auth_methods_supported')),
    sendsIssParameter: member(document, 'authorization_response_iss_parameter_supported') === true,
    pkce: textsOf(member(document, 'code_challenge_methods_supported')).includes('S256') ? 'listed' : 'not_listed',
    scopesSupported: textsOf(member(document, 'scopes_supported')),
  });
}

/**
 * The same of endpoints that the admin typed one by one.
 *
 * @throws `idp_address_refused`
 */
export function typedMetadata(
  source: Extract<ProviderSource, { kind: 'custom' }>,
  policy: OutboundPolicy,
): ProviderMetadata {
  const endpoint = (name: string, url: string) => requireEndpoint(policy, name, url);
  return withProfile({
    issuer: source.issuer,
    authorizationEndpoint: endpoint('authorization_endpoint', source.authorizationEndpoint),
    tokenEndpoint: endpoint('token_endpoint', source.tokenEndpoint),
    jwksUri: endpoint('jwks_uri', source.jwksUri),
    ...optionalUserinfo(policy, source.userinfoEndpoint),
    clientAuthentication: 'client_secret_basic',
    sendsIssParameter: false,
    pkce: 'unknown',
    scopesSupported: [],
  });
}

function withProfile(metadata: Omit<ProviderMetadata, 'recognised'>): ProviderMetadata {
  return { ...metadata, recognised: recogniseProfile(metadata) };
}

/** The texts of a list in a document; anything else in it is left out. */
export function textsOf(value: unknown): readonly string[] {
  const list: readonly unknown[] = Array.isArray(value) ? value.slice(0, scopesSupportedMax) : [];
  return list.filter((item) => typeof item === 'string');
}

// Discovery, section 4.3: the issuer must be the one whose document this is, or anybody could speak for anybody.
function requireIssuer(
  document: JsonObject,
  { issuers, spellings = issuers }: Pick<MetadataContext, 'issuers' | 'spellings'>,
): string {
  const found = stringMember(document, 'issuer');
  if (found === undefined) {
    throw invalid('issuer');
  }
  if (/[{}]/.test(found)) {
    throw appError('idp_issuer_is_template', { meta: { step: 'discovery', found: { code: 'issuer', issuer: found } } });
  }
  if (!issuers.includes(found)) {
    const reason = spellings.includes(found) ? { reason: 'issuer_respelled' } : {};
    throw appError('idp_issuer_mismatch', {
      meta: {
        step: 'discovery',
        ...reason,
        expected: { code: 'issuers', issuers },
        found: { code: 'issuer', issuer: found },
      },
    });
  }
  // Discovery, section 3: no query or fragment component. A fragment is refused with every other endpoint's.
  if (found.includes('?')) {
    throw invalid('issuer');
  }
  return found;
}

// The endpoint is optional (Discovery, section 3), so one that may not be called is no reason to refuse the provider.
function optionalUserinfo(
  policy: OutboundPolicy,
  url: string | undefined,
): Pick<ProviderMetadata, 'userinfoEndpoint' | 'userinfoRefused'> {
  if (url === undefined || url === '') return { userinfoEndpoint: undefined };
  const verdict = policy.checkUrl(url);
  return verdict.ok ? { userinfoEndpoint: url } : { userinfoEndpoint: undefined, userinfoRefused: verdict.reason };
}

function requireEndpoint(policy: OutboundPolicy, field: string, url: string | undefined): string {
  if (url === undefined) {
    throw invalid(field);
  }
  const verdict = policy.checkUrl(url);
  if (!verdict.ok) {
    throw appError('idp_address_refused', { meta: { step: 'discovery', field, reason: verdict.reason } });
  }
  return url;
}

// OpenID Connect Discovery, section 3: client_secret_basic is what a provider supports that says nothing.
function chooseAuthentication(supported: unknown): ClientAuthentication {
  const methods: readonly unknown[] = Array.isArray(supported) ? supported : [];
  return methods.includes('client_secret_post') && !methods.includes('client_secret_basic')
    ? 'client_secret_post'
    : 'client_secret_basic';
}

function invalid(field: string): KnownError {
  return appError('idp_response_invalid', { meta: { step: 'discovery', reason: 'metadata', field } });
}

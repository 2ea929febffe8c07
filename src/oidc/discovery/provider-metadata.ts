import type { PkceSupport } from '../../contract/error-meta.ts';
import { appError, type KnownError } from '../../contract/errors.ts';
import { member, stringMember, type JsonObject } from '../bounded-json.ts';
import type { ProviderSource } from '../connection.ts';
import { scopesSupportedMax } from '../limits.ts';
import type { OutboundPolicy } from '../../outbound/outbound-policy.ts';
import { recogniseProfile, type RecognisedProfile } from '../profiles/recognise-profile.ts';

export type ClientAuthentication = 'client_secret_basic' | 'client_secret_post';

/** The provider metadata that the relying party needs, each field checked. */
export interface ProviderMetadata {
  readonly issuer: string;
  readonly authorizationEndpoint: string;
  readonly tokenEndpoint: string;
  readonly jwksUri: string;
  readonly userinfoEndpoint: string | undefined;
  /** Why the outbound policy rejects the endpoint in the document. A sign-in continues without it if it can. */
  readonly userinfoRefused?: string | undefined;
  readonly clientAuthentication: ClientAuthentication;
  /** The provider sends the `iss` parameter in every authorization response (RFC 9207, section 3). */
  readonly sendsIssParameter: boolean;
  /** Whether the document lists PKCE with S256 (RFC 8414, section 2). Some providers support it without listing it. */
  readonly pkce: PkceSupport;
  /** The scopes in the document, which need not be complete (OpenID Connect Discovery, section 3). */
  readonly scopesSupported: readonly string[];
  /** The kind of provider. It has no influence on what is verified. */
  readonly recognised: RecognisedProfile;
}

interface MetadataContext {
  readonly policy: OutboundPolicy;
  /** The issuers that the admin's input allows. */
  readonly issuers: readonly string[];
  /** Every spelling that fits the admin's input. It equals `issuers` unless one spelling is pinned. */
  readonly spellings?: readonly string[] | undefined;
}

/**
 * Reads a discovery document (OpenID Connect Discovery, section 3), field by field. An optional field of the wrong type
 * counts as absent, because some providers send `"true"` for `true`.
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
 * Checks endpoints that the admin typed one by one.
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

/** The strings of a list in a document. Other entries are ignored. */
export function textsOf(value: unknown): readonly string[] {
  const list: readonly unknown[] = Array.isArray(value) ? value.slice(0, scopesSupportedMax) : [];
  return list.filter((item) => typeof item === 'string');
}

// Discovery, section 4.3: the document must have the expected issuer. Otherwise one provider could issue tokens for any
// issuer.
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
    const reason = spellings.includes(found) ? ({ reason: 'issuer_respelled' } as const) : {};
    throw appError('idp_issuer_mismatch', {
      meta: {
        step: 'discovery',
        ...reason,
        expected: { code: 'issuers', issuers },
        found: { code: 'issuer', issuer: found },
      },
    });
  }
  // Discovery, section 3: no query or fragment. The endpoint check rejects a fragment.
  if (found.includes('?')) {
    throw invalid('issuer');
  }
  return found;
}

// The endpoint is optional (Discovery, section 3), so a sign-in does not fail if the outbound policy rejects it.
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

// Discovery, section 3: the default is client_secret_basic.
function chooseAuthentication(supported: unknown): ClientAuthentication {
  const methods: readonly unknown[] = Array.isArray(supported) ? supported : [];
  return methods.includes('client_secret_post') && !methods.includes('client_secret_basic')
    ? 'client_secret_post'
    : 'client_secret_basic';
}

function invalid(field: string): KnownError {
  return appError('idp_response_invalid', { meta: { step: 'discovery', reason: 'metadata', field } });
}

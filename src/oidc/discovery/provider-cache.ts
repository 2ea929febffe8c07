import type { ConnectionOptions } from '../../contract/connection-options.ts';
import { appError } from '../../contract/errors.ts';
import { createBoundedMap } from '../../kernel/bounded-map.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Logger } from '../../kernel/logger.ts';
import type { Random } from '../../kernel/random.ts';
import type { BasicForm } from '../client-authentication/client-authentication.ts';
import type { ConnectionSettings, ProviderPins } from '../connection.ts';
import { discoveryAddress } from './discovery-address.ts';
import { fetchDocument } from './fetch-document.ts';
import type { GuardedFetch } from '../../outbound/guarded-fetch.ts';
import { readJwkSet, type JwkSet } from './jwk-set.ts';
import { discoveryBytesMax, jwkSetBytesMax, cachedProvidersMax } from '../limits.ts';
import type { OutboundPolicy } from '../../outbound/outbound-policy.ts';
import { readMetadata, typedMetadata, type ProviderMetadata } from './provider-metadata.ts';
import { cacheValue, type Fetched, type CachedValue } from './cached-value.ts';

/** What is cached of the provider behind one revision of one connection. */
export interface CachedProvider {
  readonly metadata: CachedValue<ProviderMetadata>;
  readonly keys: CachedValue<JwkSet>;
  /** The options of the connection, completed with the profile that follows from these metadata. */
  effective: { readonly metadata: ProviderMetadata; readonly options: ConnectionOptions } | undefined;
  /** The form of Basic credentials that the provider accepted last, if the two forms differ. */
  basicForm: BasicForm;
}

/**
 * Stores the origin of a connection's token endpoint until its secret changes, and the spelling of its issuer until its
 * discovery URL changes. All nodes share both. Resolves to the stored values, which another node may have stored first.
 */
export type PinProvider = (connection: ConnectionSettings, seen: ProviderPins) => Promise<ProviderPins>;

export interface ProviderCacheDeps {
  readonly pinProvider: PinProvider;
  readonly fetch: GuardedFetch;
  readonly policy: OutboundPolicy;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
}

/**
 * Caches the provider of each connection, for its latest revision only, up to `cachedProvidersMax` connections. Two
 * connections never share an entry, even with equal URLs: what one admin typed decides nothing for another organization.
 * A new revision replaces the entry of the one before, so frequent changes of one connection do not evict others.
 */
export function createProviderCache(deps: ProviderCacheDeps): (connection: ConnectionSettings) => CachedProvider {
  const providers = createBoundedMap<{ readonly revision: string; readonly provider: CachedProvider }>(
    cachedProvidersMax,
  );
  return (connection) => {
    const { connectionId, revision } = connection;
    const known = providers.get(connectionId);
    const latest = known?.revision === revision ? known : { revision, provider: cacheProvider(connection, deps) };
    providers.set(connectionId, latest);
    return latest.provider;
  };
}

function cacheProvider(connection: ConnectionSettings, deps: ProviderCacheDeps): CachedProvider {
  const { organizationId, connectionId, revision } = connection;
  const onStale = (err: unknown) =>
    deps.logger.warn(
      { err, organizationId, connectionId, revision },
      'identity provider cannot be refreshed; its last response is used',
    );
  const metadata = cacheValue({
    fetch: (previous: ProviderMetadata | undefined) => fetchMetadata(connection, deps, previous),
    clock: deps.clock,
    random: deps.random,
    onStale,
  });
  const keys = cacheValue({
    fetch: async () => fetchKeys(await metadata.read(), connection, deps),
    clock: deps.clock,
    random: deps.random,
    onStale,
  });
  return { metadata, keys, effective: undefined, basicForm: 'form_encoded' };
}

async function fetchMetadata(
  connection: ConnectionSettings,
  { fetch, policy, pinProvider }: ProviderCacheDeps,
  previous: ProviderMetadata | undefined,
): Promise<Fetched<ProviderMetadata>> {
  const { source, organizationId } = connection;
  if (source.kind === 'custom') {
    return { value: typedMetadata(source, policy), maxAgeMs: undefined };
  }
  const address = discoveryAddress(source.discoveryUrl);
  if (address === undefined) {
    throw appError('idp_response_invalid', { meta: { step: 'discovery', reason: 'discovery_url' } });
  }
  const request = {
    url: address.documentUrl,
    step: 'discovery',
    bytesMax: discoveryBytesMax,
    bulkhead: organizationId,
  } as const;
  const { value: document, maxAgeMs } = await fetchDocument(fetch, request);
  // A document's URL fits two spellings of the issuer. After the first document only its spelling is accepted.
  const known = previous === undefined ? pinsOf(connection, address.issuers) : seenIn(previous);
  const issuers = known.issuer === undefined ? address.issuers : [known.issuer];
  const metadata = readMetadata(document, { policy, issuers, spellings: address.issuers });
  const seen = seenIn(metadata);
  const isPinned = known.tokenEndpointOrigin !== undefined && known.issuer !== undefined;
  const pins = { ...(isPinned ? seen : await pinProvider(connection, seen)), ...onlyKnown(known) };
  requireSameIssuer(pins.issuer, seen.issuer);
  requireSameOrigin(pins.tokenEndpointOrigin, seen.tokenEndpointOrigin);
  return { value: metadata, maxAgeMs };
}

type KnownPins = { readonly [Name in keyof ProviderPins]: ProviderPins[Name] | undefined };

// If the discovery URL has changed since, the pinned issuer says nothing about the new one.
function pinsOf({ tokenEndpointOrigin, pinnedIssuer }: ConnectionSettings, spellings: readonly string[]): KnownPins {
  return { tokenEndpointOrigin, issuer: spellings.find((one) => one === pinnedIssuer) };
}

function seenIn({ issuer, tokenEndpoint }: ProviderMetadata): ProviderPins {
  return { issuer, tokenEndpointOrigin: new URL(tokenEndpoint).origin };
}

function onlyKnown({ issuer, tokenEndpointOrigin }: KnownPins): Partial<ProviderPins> {
  return {
    ...(issuer === undefined ? {} : { issuer }),
    ...(tokenEndpointOrigin === undefined ? {} : { tokenEndpointOrigin }),
  };
}

function issuerFact(issuer: string) {
  return { code: 'issuer', issuer } as const;
}

// Another node may have seen the other spelling first.
function requireSameIssuer(expected: string, found: string): void {
  if (found !== expected) {
    throw appError('idp_issuer_mismatch', {
      meta: { step: 'discovery', reason: 'issuer_respelled', expected: issuerFact(expected), found: issuerFact(found) },
    });
  }
}

// An admin entered the client secret for one origin. If a document suddenly names another, the secret is sent there
// only after an admin entered it again.
function requireSameOrigin(expected: string, found: string): void {
  if (found !== expected) {
    throw appError('idp_response_invalid', {
      meta: {
        step: 'discovery',
        reason: 'token_endpoint_moved',
        expected: { code: 'token_endpoint_origin', origin: expected },
        found: { code: 'token_endpoint_origin', origin: found },
      },
    });
  }
}

async function fetchKeys(
  { issuer, jwksUri }: ProviderMetadata,
  { organizationId, connectionId, revision }: ConnectionSettings,
  { fetch, logger }: ProviderCacheDeps,
): Promise<Fetched<JwkSet>> {
  const request = { url: jwksUri, step: 'keys', bytesMax: jwkSetBytesMax, bulkhead: organizationId } as const;
  const { value: document, maxAgeMs } = await fetchDocument(fetch, request);
  const jwkSet = readJwkSet(document, issuer);
  // An empty JWK Set is not a rotation. It would lock everybody out, so it counts as a failure and the last good JWK
  // Set stays.
  if (jwkSet === undefined || jwkSet.keys.length === 0) {
    throw appError('idp_response_invalid', {
      meta: { step: 'keys', reason: 'no_usable_key', skipped: jwkSet?.skipped.slice(0, 10) },
    });
  }
  if (jwkSet.skipped.includes('private')) {
    logger.error(
      { organizationId, connectionId, revision, jwksUri },
      'identity provider publishes a private key; the key is not used',
    );
  }
  return { value: jwkSet, maxAgeMs };
}

import { isKnownError } from '../../contract/errors.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Random } from '../../kernel/random.ts';
import { SealBrokenError } from '../../kernel/sealed-box.ts';
import { applyProfile } from '../profiles/apply-profile.ts';
import { type TokenRequest, withAuthorization } from '../callback/build-token-request.ts';
import { isClientRefusal } from '../callback/token-response.ts';
import { ambiguousBasic } from '../client-authentication/client-authentication.ts';
import { member, parseJsonObject, stringMember, type JsonObject } from '../bounded-json.ts';
import type { ConnectionSettings, ProviderSource } from '../connection.ts';
import { discoveryAddress } from '../discovery/discovery-address.ts';
import { isJsonType, isTemporary } from '../discovery/fetch-document.ts';
import type { GuardedProbe, ProbeRequest } from '../../outbound/guarded-probe.ts';
import { readJwkSet } from '../discovery/jwk-set.ts';
import { discoveryBytesMax, jwkSetBytesMax, tokenResponseBytesMax } from '../limits.ts';
import type { OutboundPolicy } from '../../outbound/outbound-policy.ts';
import type { Profile } from '../profiles/profile.ts';
import { recogniseProfile } from '../profiles/recognise-profile.ts';
import { throwProviderFailure } from '../provider-failure.ts';
import { readMetadata, typedMetadata, type ProviderMetadata, textsOf } from '../discovery/provider-metadata.ts';
import { clientMethod } from './client-method.ts';
import type { CheckedUrl, Contacted, SecretState, TestFacts } from './facts.ts';
import { impossibleGrant } from './impossible-code.ts';

/** The input of a test. */
export interface TestSubject {
  readonly connection: ConnectionSettings;
  /** Whether the secret may be sent; the test determines `usable`. */
  readonly secret: 'stored' | 'given' | 'missing' | 'moved';
}

export interface GatherDeps {
  readonly probe: GuardedProbe;
  readonly policy: OutboundPolicy;
  readonly clock: Clock;
  readonly random: Random;
  readonly redirectUri: string;
}

/**
 * Calls a provider as a sign-in would, as far as possible without a user: its document, its keys and its token
 * endpoint. Each call is made once, and no response is cached. URLs that a sign-in would not call are not called, and
 * the secret is sent nowhere else.
 *
 * @throws `idp_busy`
 */
export async function gatherFacts(deps: GatherDeps, { connection, secret }: TestSubject): Promise<TestFacts> {
  const opened = openSecret(connection, secret);
  const provider = await meetProvider(deps, connection);
  const { metadata } = provider;
  const secretState: SecretState =
    secret === 'stored' && hasMoved(connection, metadata) ? { kind: 'led_away' } : opened;
  const keys = await askForKeys(deps, connection, metadata);
  const met = [provider.discovery, keys];
  const token = secretState.kind === 'usable' ? await redeem(deps, connection, { ...provider, met }) : undefined;
  const keyDocument = documentOf(keys);
  const profile = profileOf(connection, provider);
  const ownSecrets = secretState.kind === 'usable' ? [connection.clientSecret.expose()] : [];
  return {
    ...provider,
    connection: metadata === undefined ? connection : applyProfile(connection, metadata),
    redirectUri: deps.redirectUri,
    secret: secretState,
    profile,
    keys,
    keySet: keyDocument === undefined ? undefined : readJwkSet(keyDocument, metadata?.issuer ?? ''),
    token: token?.contacted,
    rawBasic: token?.rawBasic ?? 'not_needed',
    secrets: token?.secrets ?? ownSecrets,
  };
}

// A sign-in would not send the secret there either, until an admin enters it again.
function hasMoved({ tokenEndpointOrigin }: ConnectionSettings, metadata: ProviderMetadata | undefined): boolean {
  return (
    tokenEndpointOrigin !== undefined &&
    metadata !== undefined &&
    new URL(metadata.tokenEndpoint).origin !== tokenEndpointOrigin
  );
}

// Once a sign-in has read the document, only the issuer's spelling that it found is accepted.
function spellingsOf({ pinnedIssuer }: ConnectionSettings, issuers: readonly string[] = []): readonly string[] {
  const pinned = issuers.filter((one) => one === pinnedIssuer);
  return pinned.length === 0 ? issuers : pinned;
}

type ProviderFacts = Pick<TestFacts, 'typed' | 'issuers' | 'discovery' | 'document' | 'endpoints' | 'metadata'>;

// As far as a sign-in gets before it redirects the browser.
async function meetProvider(deps: GatherDeps, connection: ConnectionSettings): Promise<ProviderFacts> {
  const { policy } = deps;
  const { source } = connection;
  const address = source.kind === 'discovery' ? discoveryAddress(source.discoveryUrl) : undefined;
  const issuers = source.kind === 'discovery' ? spellingsOf(connection, address?.issuers) : [source.issuer];
  const typed = typedUrls(source).map((one) => checkUrl(policy, ...one));
  const endpointsOf = (document: JsonObject | undefined) =>
    endpointUrls(source, document).map((one) => checkUrl(policy, ...one));
  const isFine = typed.every(({ verdict }) => verdict?.ok ?? false);
  if (!isFine || (source.kind === 'discovery' && address === undefined)) {
    const nothing = { discovery: undefined, document: undefined, metadata: undefined };
    return { typed, issuers, endpoints: endpointsOf(undefined), ...nothing };
  }
  const discovery = address && (await call(deps, documentRequest(connection, address.documentUrl)));
  const document = documentOf(discovery);
  const metadata = metadataOf(source, { policy, document, issuers });
  return { typed, issuers, endpoints: endpointsOf(document), discovery, document, metadata };
}

// Before the document is read, the admin's input may identify a provider.
function profileOf({ source }: ConnectionSettings, { document, issuers, endpoints }: ProviderFacts): Profile {
  const issuer = document === undefined ? undefined : stringMember(document, 'issuer');
  const endpoint = (name: string) => endpoints.find(({ field }) => field === name)?.url;
  return recogniseProfile({
    issuer: issuer ?? issuers[0] ?? '',
    scopesSupported: document === undefined ? [] : textsOf(member(document, 'scopes_supported')),
    ...(source.kind === 'custom'
      ? source
      : {
          authorizationEndpoint: endpoint('authorization_endpoint'),
          tokenEndpoint: endpoint('token_endpoint'),
          jwksUri: endpoint('jwks_uri'),
          userinfoEndpoint: endpoint('userinfo_endpoint'),
        }),
  }).profile;
}

async function askForKeys(
  deps: GatherDeps,
  connection: ConnectionSettings,
  metadata: ProviderMetadata | undefined,
): Promise<Contacted | undefined> {
  // With HS256 the client secret is the key, and no JWK Set is read.
  if (metadata === undefined || connection.algorithm === 'HS256') return undefined;
  const headers = { accept: 'application/json, application/jwk-set+json' };
  const { organizationId } = connection;
  return call(deps, {
    url: metadata.jwksUri,
    step: 'test_keys',
    bulkhead: organizationId,
    headers,
    bytesMax: jwkSetBytesMax,
  });
}

/** The calls before the token request. */
interface Met {
  readonly met: readonly (Contacted | undefined)[];
}

type Redeemed = Pick<TestFacts, 'rawBasic' | 'secrets'> & { readonly contacted: Contacted };

// As in a sign-in: if a rejected secret could be correct but not decoded, it is sent once more without encoding.
async function redeem(
  deps: GatherDeps,
  connection: ConnectionSettings,
  { metadata, document, met }: Pick<ProviderFacts, 'metadata' | 'document'> & Met,
): Promise<Redeemed | undefined> {
  if (metadata === undefined) return undefined;
  const applied = applyProfile(connection, metadata);
  if (clientMethod(applied, metadata, document).problem === 'not_supported') return undefined;
  const request = await impossibleGrant(applied, metadata, deps);
  const { origin } = new URL(metadata.tokenEndpoint);
  const hasAnswered = met.some((one) => one?.url.origin === origin && one.result.kind === 'answered');
  const send = ({ headers, body }: TokenRequest) => {
    const { organizationId } = connection;
    const sent = {
      url: metadata.tokenEndpoint,
      method: 'POST',
      step: 'test_token',
      bulkhead: organizationId,
      headers,
      body,
    } as const;
    return call(deps, { ...sent, bytesMax: tokenResponseBytesMax, hasAnswered });
  };
  const first = await send(request);
  const forms = ambiguousBasic(applied, metadata);
  if (forms === undefined || !hasRefusedClient(first)) {
    return { contacted: first, secrets: request.secrets, rawBasic: 'not_needed' };
  }
  const rawRequest = withAuthorization(request, forms.raw);
  const second = await send(rawRequest);
  const { secrets } = rawRequest;
  return isAboutTheCode(second)
    ? { contacted: second, secrets, rawBasic: 'accepted' }
    : { contacted: first, secrets, rawBasic: 'refused' };
}

function hasRefusedClient({ result }: Contacted): boolean {
  return result.kind === 'answered' && isClientRefusal(result.answer);
}

// A provider that decodes may call unencoded credentials a malformed request.
function isAboutTheCode(contacted: Contacted): boolean {
  const error = errorOf(contacted.result);
  return error !== undefined && error !== 'invalid_request' && !hasRefusedClient(contacted);
}

function errorOf(result: Contacted['result']): string | undefined {
  if (result.kind !== 'answered' || !isJsonType(result.answer) || isTemporary(result.answer.status)) return undefined;
  const parsed = parseJsonObject(result.answer.body);
  return parsed.ok ? stringMember(parsed.value, 'error') : undefined;
}

async function call({ probe, clock }: GatherDeps, request: ProbeRequest): Promise<Contacted> {
  const result = await probe(request).catch(throwProviderFailure);
  return { url: new URL(request.url), result, atMs: clock.nowMs() };
}

function documentRequest({ organizationId }: ConnectionSettings, url: string): ProbeRequest {
  const headers = { accept: 'application/json' };
  return { url, step: 'test_discovery', bulkhead: organizationId, headers, bytesMax: discoveryBytesMax };
}

function documentOf(contacted: Contacted | undefined): JsonObject | undefined {
  if (contacted?.result.kind !== 'answered') return undefined;
  const { answer } = contacted.result;
  if (answer.status !== 200 || !isJsonType(answer)) return undefined;
  const parsed = parseJsonObject(answer.body);
  return parsed.ok ? parsed.value : undefined;
}

function metadataOf(
  source: ProviderSource,
  found: {
    readonly policy: OutboundPolicy;
    readonly document: JsonObject | undefined;
    readonly issuers: readonly string[];
  },
): ProviderMetadata | undefined {
  try {
    if (source.kind === 'custom') return typedMetadata(source, found.policy);
    return found.document === undefined ? undefined : readMetadata(found.document, found);
  } catch (error) {
    // The steps say which part it was.
    if (isKnownError(error)) return undefined;
    throw error;
  }
}

// Decrypted before any call, so that a manipulated value is reported as such.
function openSecret({ clientSecret, clientKey }: ConnectionSettings, secret: TestSubject['secret']): SecretState {
  if (secret === 'missing' || secret === 'moved') return { kind: secret };
  try {
    clientKey?.privateJwk.expose();
    return { kind: 'usable', bytes: Buffer.byteLength(clientSecret.expose()) };
  } catch (error) {
    if (error instanceof SealBrokenError) return { kind: 'sealed_shut' };
    throw error;
  }
}

type NamedUrl = readonly [field: string, url: string | undefined];

function typedUrls(source: ProviderSource): readonly NamedUrl[] {
  if (source.kind === 'discovery') return [['discoveryURL', source.discoveryUrl]];
  const { issuer, authorizationEndpoint, tokenEndpoint, jwksUri, userinfoEndpoint } = source;
  return Object.entries({ issuer, authorizationEndpoint, tokenEndpoint, jwksUri, userinfoEndpoint }).filter(
    ([, url]) => url !== '',
  );
}

function endpointUrls(source: ProviderSource, document: JsonObject | undefined): readonly NamedUrl[] {
  if (source.kind === 'custom') return typedUrls(source).filter(([field]) => field !== 'issuer');
  if (document === undefined) return [];
  return ['authorization_endpoint', 'token_endpoint', 'jwks_uri', 'userinfo_endpoint'].map((field) => [
    field,
    stringMember(document, field),
  ]);
}

function checkUrl(policy: OutboundPolicy, field: string, url: string | undefined): CheckedUrl {
  return { field, url, verdict: url === undefined ? undefined : policy.checkUrl(url) };
}

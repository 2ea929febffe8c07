import { compactVerify } from 'jose';

import type { SignatureAlgorithm } from '../../contract/algorithms.ts';
import { appError, type KnownError } from '../../contract/errors.ts';
import { member, parseJsonObject, type JsonObject } from '../bounded-json.ts';
import { describeToken, parseCompactJws, type CompactJws } from './compact-jws.ts';
import { optionsOf, userinfoAlgorithm, type ConnectionSettings } from '../connection.ts';
import { isJsonType, isTemporary, mediaType } from '../discovery/fetch-document.ts';
import { findSigner } from './find-signer.ts';
import type { GuardedFetch } from '../../outbound/guarded-fetch.ts';
import type { VerificationKey } from '../discovery/key-set.ts';
import type { LibraryRequest } from './library-client.ts';
import { callMsMax, keyIdLengthMax, userinfoBytesMax } from '../limits.ts';
import type { Answer } from '../../outbound/outbound-request.ts';
import type { RememberedProvider } from '../discovery/provider-memory.ts';
import { receivedResponse } from './received-response.ts';
import { algorithmNames } from './signing-algorithm.ts';
import { upstreamText } from '../upstream-text.ts';

interface UserinfoCall {
  readonly connection: ConnectionSettings;
  readonly provider: RememberedProvider;
  readonly fetch: GuardedFetch;
  /** The one key that the library's configuration holds. */
  readonly heldKey: VerificationKey | undefined;
}

/** An answer that came and must not be believed. A sign-in never goes on without it, as it does when no answer came. */
export class WrongUserinfoError extends Error {
  override readonly name = 'WrongUserinfoError';

  constructor(error: KnownError) {
    super('userinfo must not be believed', { cause: error });
  }
}

/** The answer is signed, but with another key than the one that the library's configuration holds. */
export class OtherUserinfoKeyError extends Error {
  override readonly name = 'OtherUserinfoKeyError';
  readonly jwt: string;
  readonly key: VerificationKey;

  constructor(jwt: string, key: VerificationKey) {
    super('userinfo is signed with another key');
    this.jwt = jwt;
    this.key = key;
  }
}

/**
 * Sends the library's request to the userinfo endpoint and reads the answer (OpenID Connect Core, section 5.3): JSON, or
 * a JWT, whose signature is verified here first and then again by the library.
 *
 * @throws `idp_unreachable`, `idp_response_invalid`, and what the guarded fetch and fetching the keys throw;
 *   {@link WrongUserinfoError} and {@link OtherUserinfoKeyError}
 */
export async function sendUserinfoRequest(call: UserinfoCall, { url, headers }: LibraryRequest): Promise<Response> {
  const limits = { bytesMax: userinfoBytesMax, totalMs: callMsMax };
  const answer = await call.fetch({ url, headers, bulkhead: call.connection.bulkhead, limits, step: 'userinfo' });
  if (answer.status !== 200) {
    const code = isTemporary(answer.status) ? 'idp_unreachable' : 'idp_response_invalid';
    throw appError(code, { meta: { step: 'userinfo', reason: 'status', status: answer.status } });
  }
  return mediaType(answer) === 'application/jwt' ? readSigned(call, answer) : readPlain(call, answer);
}

function readPlain({ connection }: UserinfoCall, answer: Answer): Response {
  // An admin who registered a signed response gets no unsigned one taken for it.
  const { userinfoSignedResponseAlg } = optionsOf(connection);
  if (userinfoSignedResponseAlg !== 'automatic') {
    throw wrong('userinfo_not_signed', { expected: `a JWT signed with ${userinfoSignedResponseAlg}` });
  }
  const parsed = isJsonType(answer) ? parseJsonObject(answer.body) : ({ ok: false, reason: 'content_type' } as const);
  if (!parsed.ok) {
    throw appError('idp_response_invalid', { meta: { step: 'userinfo', reason: parsed.reason } });
  }
  return receivedResponse('application/json', parsed.value);
}

async function readSigned({ connection, provider, heldKey }: UserinfoCall, answer: Answer): Promise<Response> {
  const jwt = answer.body.toString('latin1').trim();
  const algorithm = userinfoAlgorithm(connection);
  const jws = parseCompactJws(jwt);
  if (jws === undefined) {
    throw wrong('not_verified', { expected: 'a signed JWT', found: describeToken(jwt) });
  }
  const kid = checkHeader(jws, algorithm);
  if (algorithm === 'HS256') {
    return receivedResponse('application/json', await verifyMac(jwt, { connection, provider }));
  }
  const { key, tried } = await findSigner(jws, provider.keys, { algorithm, kid });
  if (key === undefined) {
    throw wrong('not_verified', { found: tried === 0 ? 'no key that fits' : 'not signed with a published key' });
  }
  if (key.jwkSet !== heldKey?.jwkSet) {
    throw new OtherUserinfoKeyError(jwt, key);
  }
  return receivedResponse('application/jwt', jwt);
}

function checkHeader({ header }: CompactJws, algorithm: SignatureAlgorithm): string | undefined {
  const alg = member(header, 'alg');
  if (typeof alg !== 'string' || !algorithmNames(algorithm).includes(alg)) {
    throw wrong('userinfo_algorithm', { expected: algorithm, found: upstreamText(alg) ?? 'none' });
  }
  // RFC 7515, section 4.1.11: no extension is understood here, as with ID tokens.
  const kid = member(header, 'kid');
  const isExtended = ['crit', 'b64', 'zip', 'enc'].some((name) => member(header, name) !== undefined);
  if (isExtended || (kid !== undefined && (typeof kid !== 'string' || kid.length > keyIdLengthMax))) {
    throw wrong('not_verified', { found: isExtended ? 'an extension in the header' : 'a kid that is no short text' });
  }
  return kid;
}

// The library verifies no MACs, so it is handed the claims once jose has, and once `iss` and `aud` are right, which it
// checks of a JWT: both are optional, but never somebody else's (OpenID Connect Core, section 5.3.2).
async function verifyMac(
  jwt: string,
  { connection, provider }: Pick<UserinfoCall, 'connection' | 'provider'>,
): Promise<JsonObject> {
  const secret = connection.clientSecret.expose();
  if (secret === '') throw wrong('not_verified', { found: 'a MAC, and no client secret is stored' });
  const verified = await compactVerify(jwt, new TextEncoder().encode(secret), { algorithms: ['HS256'] }).catch(() => {
    throw wrong('not_verified', { found: 'not made with the client secret' });
  });
  const parsed = parseJsonObject(Buffer.from(verified.payload));
  if (!parsed.ok) throw wrong('not_verified', { found: parsed.reason });
  const { issuer } = await provider.metadata.read();
  const [iss, aud] = [member(parsed.value, 'iss'), member(parsed.value, 'aud')];
  const audiences: readonly unknown[] = Array.isArray(aud) ? aud : [aud];
  if (iss !== undefined && iss !== issuer) throw wrong('not_verified', { found: 'another iss' });
  if (aud !== undefined && !audiences.includes(connection.clientId)) {
    throw wrong('not_verified', { found: 'another aud' });
  }
  return parsed.value;
}

function wrong(reason: string, facts: Readonly<Record<string, string>>): WrongUserinfoError {
  return new WrongUserinfoError(appError('idp_response_invalid', { meta: { step: 'userinfo', reason, ...facts } }));
}

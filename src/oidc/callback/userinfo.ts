import * as openid from 'openid-client';

import type { ConnectionOptions } from '../../contract/connection-options.ts';
import { appError, isKnownError, type KnownError } from '../../contract/errors.ts';
import type { Logger } from '../../kernel/logger.ts';
import type { AttemptTrace } from '../attempt-trace.ts';
import { isJsonObject, type JsonObject } from '../bounded-json.ts';
import type { CompleteConnection, ConnectionSettings } from '../connection.ts';
import { readGroups } from '../identity/groups-claim.ts';
import type { CheckedIdToken } from './id-token-checks.ts';
import { createLibraryClient } from './library-client.ts';
import { causes, libraryCode } from './library-errors.ts';
import { bearerTokenLengthMax } from '../limits.ts';
import { namesPerson } from '../identity/person-name.ts';
import { receivedResponse } from './received-response.ts';
import { OtherUserinfoKeyError, WrongUserinfoError } from './userinfo-request.ts';
import { hasEmail } from '../identity/verified-identity.ts';

/** What became of the userinfo request. */
export type Userinfo =
  /** The claims are those of the ID token's subject. */
  | { readonly state: 'answered'; readonly claims: JsonObject }
  /** Nothing was wanted from there, or the provider has no such endpoint. */
  | { readonly state: 'not_asked' }
  /** Something was wanted, and the request could not be made or failed. What it would have said is unknown. */
  | { readonly state: 'unavailable' };

/**
 * Requests from the userinfo endpoint what the ID token lacks: the address, a name, or the groups where they matter. If
 * it lacks nothing, or there is no endpoint, there is no request. A connection can have it requested always, or never.
 *
 * A sign-in that can do without userinfo continues if the request fails. It ends if the response is about another subject
 * (OpenID Connect Core, section 5.3.2) or its signature is wrong.
 *
 * @throws `userinfo_subject_mismatch`, `idp_response_invalid`; where the address can only come from there, also
 *   `idp_unreachable`, `idp_address_refused` and the like
 */
export async function completeFromUserinfo(
  token: CheckedIdToken,
  connection: CompleteConnection,
  { logger, trace }: { readonly logger: Logger; readonly trace: AttemptTrace },
): Promise<Userinfo> {
  const { options } = connection;
  const { userinfoEndpoint, userinfoRefused } = token.client.metadata;
  const wanted = whatIsWanted(token.claims, connection, options);
  if (wanted.length === 0 || (userinfoEndpoint === undefined && userinfoRefused === undefined)) {
    const found = wanted.length === 0 ? 'nothing is wanted from there' : 'the provider has no userinfo endpoint';
    trace.skipped('userinfo', { found });
    return { state: 'not_asked' };
  }
  try {
    const claims = await requestClaims(token, connection);
    const expected = 'the subject of the ID token';
    trace.passed('userinfo', { expected, found: `the same subject; asked for ${wanted.join(', ')}` });
    return { state: 'answered', claims };
  } catch (thrown) {
    // What could not be had is done without; what was had and is wrong is not.
    const failure = causes(thrown).find(isKnownError);
    if (failure === undefined) {
      throw refusal(thrown);
    }
    if (!hasEmail(token.claims, options) || causes(thrown).some((cause) => cause instanceof WrongUserinfoError)) {
      throw failure;
    }
    logger.warn({ err: failure, bulkhead: connection.bulkhead }, 'userinfo failed; the ID token alone is used');
    trace.skipped('userinfo', { found: `${failure.code}; the ID token alone is used` });
    return { state: 'unavailable' };
  }
}

async function requestClaims(
  { client, ...token }: CheckedIdToken,
  connection: CompleteConnection,
): Promise<JsonObject> {
  const { metadata, configuration } = client;
  if (metadata.userinfoRefused !== undefined) {
    const meta = { step: 'userinfo', field: 'userinfo_endpoint', reason: metadata.userinfoRefused };
    throw appError('idp_address_refused', { meta });
  }
  const accessToken = requireBearer(token.accessToken);
  try {
    return { ...(await openid.fetchUserInfo(configuration, accessToken, token.subject)) };
  } catch (thrown) {
    const other = causes(thrown).find((cause) => cause instanceof OtherUserinfoKeyError);
    if (other === undefined) throw thrown;
    // The library verifies the same response again, with the key of the set that signed it.
    const { jwt, key } = other;
    const replay = () => Promise.resolve(receivedResponse('application/jwt', jwt));
    const again = createLibraryClient(connection, { metadata, key }, replay);
    return { ...(await openid.fetchUserInfo(again.configuration, accessToken, token.subject)) };
  }
}

function requireBearer(accessToken: string | undefined): string {
  const fault = bearerFault(accessToken);
  if (accessToken !== undefined && fault === undefined) return accessToken;
  const expected = `an access token of at most ${bearerTokenLengthMax} characters`;
  throw appError('idp_response_invalid', { meta: { step: 'userinfo', expected, ...fault } });
}

// It becomes part of a header: visible ASCII (RFC 6750, section 2.1 allows less), and no longer than servers accept.
function bearerFault(accessToken = ''): { reason: string; found: string } | undefined {
  if (accessToken === '') return { reason: 'access_token_missing', found: 'none' };
  if (!/^[\x21-\x7e]+$/.test(accessToken)) {
    return { reason: 'access_token_malformed', found: 'characters that a header cannot hold' };
  }
  return accessToken.length > bearerTokenLengthMax
    ? { reason: 'access_token_too_long', found: `${accessToken.length} characters` }
    : undefined;
}

/** What the endpoint is asked for; it is not called for nothing. */
function whatIsWanted(
  claims: JsonObject,
  { needsGroups = false }: ConnectionSettings,
  options: ConnectionOptions,
): readonly string[] {
  switch (options.userinfo) {
    case 'always':
      return ['whatever it has'];
    case 'never':
      return [];
    case 'when-needed': {
      const lacking: string[] = [];
      if (!hasEmail(claims, options)) lacking.push('an address');
      if (!namesPerson(claims, options)) lacking.push('a name');
      if (needsGroups && lacksGroups(claims, options)) lacking.push('groups');
      return lacking;
    }
    default:
      return options.userinfo satisfies never;
  }
}

function lacksGroups(claims: JsonObject, options: ConnectionOptions): boolean {
  switch (options.groupsSource) {
    case 'automatic':
      return readGroups(claims, options).state === 'absent';
    case 'id_token':
      return false;
    case 'userinfo':
    case 'userinfo_first':
      return true;
    default:
      return options.groupsSource satisfies never;
  }
}

// The library compares `sub` itself. It refuses an answer without a `sub` as invalid, and then gives the body as cause;
// such an answer speaks of nobody, which is no better than of somebody else. The rest is about a signed answer.
function refusal(thrown: unknown): KnownError {
  const code = libraryCode(thrown);
  const isOther = code === 'OAUTH_JSON_ATTRIBUTE_COMPARISON_FAILED';
  const isAboutSubject = isOther || causes(thrown).some((cause) => isJsonObject(cause) && 'body' in cause);
  const reason = isOther ? 'sub_differs' : 'sub_absent';
  return isAboutSubject
    ? appError('userinfo_subject_mismatch', { meta: { step: 'userinfo', check: 'sub', reason, library: code } })
    : appError('idp_response_invalid', { meta: { step: 'userinfo', reason: 'not_verified', library: code } });
}

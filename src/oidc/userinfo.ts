import * as openid from 'openid-client';

import type { ConnectionOptions } from '../contract/connection-options.ts';
import { appError, isKnownError, type KnownError } from '../contract/errors.ts';
import type { Logger } from '../kernel/logger.ts';
import type { AttemptTrace } from './attempt-trace.ts';
import { isJsonObject, type JsonObject } from './bounded-json.ts';
import type { CompleteConnection, ConnectionSettings } from './connection.ts';
import { readGroups } from './groups-claim.ts';
import type { CheckedIdToken } from './id-token-checks.ts';
import { causes, libraryCode } from './library-errors.ts';
import { namesPerson } from './person-name.ts';
import { hasEmail } from './verified-identity.ts';

/** Claims of the userinfo endpoint whose subject is that of the ID token. */
export interface UserinfoClaims {
  readonly claims: JsonObject;
}

/**
 * Asks the userinfo endpoint for what the ID token lacks: the address, a name, or the groups where they matter. When it
 * lacks nothing, or there is no endpoint, there is no call; a connection can have it called always, or never.
 *
 * An endpoint that fails does not end a sign-in that can do without it; one that speaks of somebody else does (OpenID
 * Connect Core, section 5.3.2).
 *
 * @throws `userinfo_subject_mismatch`; where the address can only come from there, also `idp_unreachable` and the like
 */
export async function completeFromUserinfo(
  token: CheckedIdToken,
  connection: CompleteConnection,
  { logger, trace }: { readonly logger: Logger; readonly trace: AttemptTrace },
): Promise<UserinfoClaims | undefined> {
  const { options } = connection;
  const wanted = whatIsWanted(token.claims, connection, options);
  if (token.client.metadata.userinfoEndpoint === undefined || wanted.length === 0) {
    const found = wanted.length === 0 ? 'nothing is wanted from there' : 'the provider has no userinfo endpoint';
    trace.skipped('userinfo', { found });
    return undefined;
  }
  try {
    const { configuration } = token.client;
    const claims = { ...(await openid.fetchUserInfo(configuration, token.accessToken, token.subject)) };
    const expected = 'the subject of the ID token';
    trace.passed('userinfo', { expected, found: `the same subject; asked for ${wanted.join(', ')}` });
    return { claims };
  } catch (thrown) {
    // What could not be had is done without; what was had and is wrong is not.
    const failure = causes(thrown).find(isKnownError);
    if (failure === undefined) {
      throw refusal(thrown);
    }
    if (!hasEmail(token.claims, options)) {
      throw failure;
    }
    logger.warn({ err: failure, bulkhead: connection.bulkhead }, 'userinfo failed; the ID token alone is used');
    trace.skipped('userinfo', { found: `${failure.code}; the ID token alone is used` });
    return undefined;
  }
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
      return true;
    default:
      return options.groupsSource satisfies never;
  }
}

// The library compares `sub` itself. It refuses an answer without a `sub` as invalid, and then gives the body as cause;
// such an answer speaks of nobody, which is no better than of somebody else. The rest is about a signed answer.
function refusal(thrown: unknown): KnownError {
  const code = libraryCode(thrown);
  const isAboutSubject =
    code === 'OAUTH_JSON_ATTRIBUTE_COMPARISON_FAILED' ||
    causes(thrown).some((cause) => isJsonObject(cause) && 'body' in cause);
  return isAboutSubject
    ? appError('userinfo_subject_mismatch', { meta: { step: 'userinfo', check: 'sub', library: code } })
    : appError('idp_response_invalid', { meta: { step: 'userinfo', reason: 'not_verified', library: code } });
}

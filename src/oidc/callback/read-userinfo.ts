import type { FactOf } from '../../contract/attempt-facts.ts';
import type { ConnectionOptions } from '../../contract/connection-options.ts';
import { isKnownError } from '../../contract/errors.ts';
import type { Logger } from '../../kernel/logger.ts';
import type { JsonObject } from '../bounded-json.ts';
import type { ConnectionSettings } from '../connection.ts';
import type { IdTokenExpectations } from '../identity/claim-facts.ts';
import { readGroups } from '../identity/groups-claim.ts';
import { hasName } from '../identity/full-name.ts';
import { hasEmail } from '../identity/verified-identity.ts';
import type { CallbackContext } from './callback-context.ts';
import type { ValidatedIdToken } from './validate-with-library.ts';
import { requestUserinfo } from './request-userinfo.ts';

/** The result of the userinfo request. */
export type Userinfo =
  /** The claims are those of the ID token's subject. */
  | { readonly state: 'received'; readonly claims: JsonObject }
  /** Nothing was needed from userinfo, or the provider has no userinfo endpoint. */
  | { readonly state: 'not_requested' }
  /** Something was needed, but the request could not be made or failed. The claims are unknown. */
  | { readonly state: 'unavailable' };

/**
 * Requests from the userinfo endpoint what the ID token lacks: an email address, a name, or groups if they matter.
 * There is no request if nothing is missing or if there is no endpoint. A connection can also require the request, or
 * forbid it.
 *
 * If the request fails, a sign-in that has an email address continues. It ends if the response is about another subject
 * (OpenID Connect Core, section 5.3.2) or is not signed correctly.
 *
 * @throws `userinfo_subject_mismatch`, `idp_response_invalid`; if the ID token has no email address, also
 *   `idp_unreachable`, `idp_address_refused` and the like
 */
export async function readUserinfo(
  token: ValidatedIdToken,
  expected: IdTokenExpectations,
  context: CallbackContext & { readonly logger: Logger },
): Promise<Userinfo> {
  const { connection, metadata, trace, logger } = context;
  const { options } = connection;
  const { userinfoEndpoint, userinfoRefused } = metadata;
  const wanted = wantedClaims(token.claims, connection, options);
  if (wanted.length === 0 || (userinfoEndpoint === undefined && userinfoRefused === undefined)) {
    trace.skipped('userinfo', {
      found: { code: wanted.length === 0 ? 'userinfo_not_needed' : 'no_userinfo_endpoint' },
    });
    return { state: 'not_requested' };
  }
  const response = await requestUserinfo(token, expected, context).catch((failure: unknown) => {
    // Only a sign-in that has an email address can continue without a response.
    if (!isKnownError(failure) || !hasEmail(token.claims, options)) throw failure;
    logger.warn(
      { err: failure, organizationId: connection.organizationId },
      'userinfo failed; only the ID token is used',
    );
    trace.skipped('userinfo', { found: { code: 'userinfo_failed', error: failure.code } });
    return { state: 'unavailable' } as const;
  });
  switch (response.state) {
    case 'accepted': {
      trace.passed('userinfo', { expected: { code: 'id_token_subject' }, found: { code: 'userinfo_claims', wanted } });
      return { state: 'received', claims: response.claims };
    }
    case 'rejected':
      throw response.error;
    case 'unavailable':
      return response;
    default:
      return response satisfies never;
  }
}

type WantedClaims = FactOf<'userinfo_claims'>['wanted'];

/** The reasons for a userinfo request. Without a reason there is no request. */
function wantedClaims(
  claims: JsonObject,
  { needsGroups = false }: ConnectionSettings,
  options: ConnectionOptions,
): WantedClaims {
  switch (options.userinfo) {
    case 'always':
      return ['all'];
    case 'never':
      return [];
    case 'when-needed': {
      const lacking: WantedClaims[number][] = [];
      if (!hasEmail(claims, options)) lacking.push('email');
      if (!hasName(claims, options)) lacking.push('name');
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

import type { AdapterPayload } from 'oidc-provider/lib/provider.js';

import type { Application } from '../applications/application.ts';
import { sha256Hex } from '../kernel/digest.ts';
import { claimsOfScopes } from './account-claims.ts';
import { inLibraryTime, type LibraryTime } from './library-time.ts';
import type { MemberSession } from './member-queries.ts';

/**
 * The library's view of our rows. It has sessions, grants and clients of its own; we keep none of them. They are made
 * from a session, an application and both, whenever the library asks, so that they are never out of date.
 */

/** Every scope that an application can be granted. */
export const supportedScopes = [...Object.keys(claimsOfScopes), 'offline_access'];

const sidLength = 32;

/** The `sid` of a session for one application (OpenID Connect Back-Channel Logout 1.0, section 2.1). */
export function sidOf(sessionId: string, applicationId: string): string {
  return sha256Hex(`sid:${sessionId}:${applicationId}`).slice(0, sidLength);
}

const grantSeparator = '.';

/** The id of what a session grants an application. It never changes, so that all tokens of both belong together. */
export function grantIdOf(sessionId: string, applicationId: string): string {
  return `${sessionId}${grantSeparator}${applicationId}`;
}

/** The session and the application of a grant's id. */
export function partsOfGrantId(grantId: string): { sessionId: string; applicationId: string } | undefined {
  const [sessionId, applicationId, ...rest] = grantId.split(grantSeparator);
  if (sessionId === undefined || applicationId === undefined || rest.length > 0) return undefined;
  return { sessionId, applicationId };
}

/** A session for the library, which knows exactly one application: the one that asks. */
export function projectSession(
  session: MemberSession,
  application: Pick<Application, 'id' | 'clientId'>,
  time: LibraryTime,
): AdapterPayload {
  const { sessionId, userId, acr, amr, authenticatedAtMs } = session;
  const grantId = grantIdOf(sessionId, application.id);
  return {
    kind: 'Session',
    jti: sessionId,
    uid: sessionId,
    iat: inLibraryTime(session.signedInAtMs, time),
    exp: inLibraryTime(session.expiresAtMs, time),
    accountId: userId,
    ...(authenticatedAtMs === null ? {} : { loginTs: Math.floor(authenticatedAtMs / 1000) }),
    ...(acr === null ? {} : { acr }),
    ...(amr.length === 0 ? {} : { amr }),
    authorizations: { [application.clientId]: { sid: sidOf(sessionId, application.id), grantId } },
  };
}

/** What a session grants an application: every scope, because the application's settings decide what a scope shows. */
export function projectGrant(
  session: MemberSession,
  application: Pick<Application, 'id' | 'clientId'>,
  time: LibraryTime,
): AdapterPayload {
  return {
    kind: 'Grant',
    jti: grantIdOf(session.sessionId, application.id),
    iat: inLibraryTime(session.signedInAtMs, time),
    accountId: session.userId,
    clientId: application.clientId,
    openid: { scope: supportedScopes.join(' ') },
  };
}

/** In place of a secret, which is stored as a hash only. Nothing compares it: see `hasSecret`. */
const noSecret = 'stored as a hash';

/** An application as client metadata (OpenID Connect Dynamic Client Registration 1.0, section 2). */
export function projectClient(application: Application): AdapterPayload {
  const { kind, tokenEndpointAuthMethod: method, jwks, jwksUri } = application;
  const signsIn = kind !== 'machine';
  return {
    client_id: application.clientId,
    ...(method === 'client_secret_basic' || method === 'client_secret_post' ? { client_secret: noSecret } : {}),
    client_name: application.name,
    application_type: kind === 'native' ? 'native' : 'web',
    grant_types: grantTypesOf(application),
    response_types: signsIn ? ['code'] : [],
    redirect_uris: application.redirectUris,
    post_logout_redirect_uris: application.postLogoutRedirectUris,
    token_endpoint_auth_method: method,
    id_token_signed_response_alg: application.idTokenSignedResponseAlg,
    require_auth_time: false,
    ...(jwks === null ? {} : { jwks }),
    ...(jwksUri === null ? {} : { jwks_uri: jwksUri }),
    ...(application.initiateLoginUri === null ? {} : { initiate_login_uri: application.initiateLoginUri }),
  };
}

function grantTypesOf({ kind, refreshTokens }: Application): string[] {
  if (kind === 'machine') return ['client_credentials'];
  return ['authorization_code', ...(refreshTokens === 'none' ? [] : ['refresh_token'])];
}

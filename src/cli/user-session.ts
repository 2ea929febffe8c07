import { failureOf, isRecord, isSuccess, sendRequest, type ApiAnswer } from './api-client.ts';
import { CliFailure } from './cli-failure.ts';
import type { CliWorld } from './cli-world.ts';

/** A user's tokens, as they are stored. */
export interface UserTokens {
  readonly accessToken: string;
  readonly refreshToken: string;
}

/**
 * Exchanges a refresh token for new tokens. The old token is spent. The caller stores the new one before anything else,
 * because sending a spent token after ten seconds ends the session.
 */
export async function refreshTokens(world: CliWorld, site: string, refreshToken: string): Promise<UserTokens> {
  const answer = await sendRequest(
    world,
    { site, path: '/api/v1/auth/token' },
    { method: 'POST', headers: { cookie: `jid=${refreshToken}` } },
  );
  if (!isSuccess(answer)) throw failureOf(answer);
  return { accessToken: requireText(answer, 'token'), refreshToken: refreshTokenOf(answer) ?? refreshToken };
}

/** Starts a session for an organization from another session. */
export async function selectOrganization(
  world: CliWorld,
  { site, accessToken }: { site: string; accessToken: string },
  organizationId: string,
): Promise<UserTokens> {
  const answer = await sendRequest(
    world,
    { site, path: '/api/v3/auth/select-organization' },
    { method: 'POST', body: { organizationId }, headers: { authorization: `Bearer ${accessToken}` } },
  );
  if (!isSuccess(answer)) throw failureOf(answer);
  const refreshToken = refreshTokenOf(answer);
  if (refreshToken === undefined) {
    throw new CliFailure('failed', 'The server did not start a session for this organization.');
  }
  return { accessToken: requireText(answer, 'token'), refreshToken };
}

/** Logs a machine identity in and resolves with its access token. */
export async function logMachineIn(
  world: CliWorld,
  site: string,
  credentials: { clientId: string; clientSecret: string },
): Promise<string> {
  const answer = await sendRequest(
    world,
    { site, path: '/api/v1/auth/universal-auth/login' },
    { method: 'POST', body: credentials },
  );
  if (!isSuccess(answer)) throw failureOf(answer);
  return requireText(answer, 'accessToken');
}

function requireText({ body }: ApiAnswer, name: string): string {
  const value = isRecord(body) ? body[name] : undefined;
  if (typeof value === 'string' && value !== '') return value;
  throw new CliFailure('failed', 'The server’s response has no token.');
}

function refreshTokenOf({ headers }: ApiAnswer): string | undefined {
  const pairs = headers.getSetCookie().map((cookie) => cookie.split(';', 1)[0] ?? '');
  return pairs.find((pair) => pair.startsWith('jid=') && pair !== 'jid=')?.slice('jid='.length);
}

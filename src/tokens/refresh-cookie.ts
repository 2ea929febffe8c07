import type { FastifyReply, FastifyRequest } from 'fastify';

import { type CookieJar, onlyCookie } from '../http/cookies.ts';

/** The refresh token's cookie; clients of the public API know it by this name. */
const refreshCookieName = 'jid';

/** The refresh token that a request carries, or `''`. */
export function readRefreshCookie(request: FastifyRequest): string {
  return onlyCookie(request.headers.cookie, refreshCookieName) ?? '';
}

/** Gives the browser a refresh token that lives as long as its session may. */
export function setRefreshCookie(
  reply: FastifyReply,
  cookies: CookieJar,
  { refreshToken, lifetimeSeconds }: { refreshToken: string; lifetimeSeconds: number },
): void {
  reply.header('set-cookie', cookies.set(refreshCookieName, refreshToken, lifetimeSeconds));
}

export function clearRefreshCookie(reply: FastifyReply, cookies: CookieJar): void {
  reply.header('set-cookie', cookies.clear(refreshCookieName));
}

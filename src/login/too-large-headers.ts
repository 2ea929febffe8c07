import type { Server } from 'node:http';
import type { Socket } from 'node:net';

import type { CookieJar } from '../http/cookies.ts';
import { attemptCookiePrefix } from './attempt.ts';

/** What Node's HTTP parser reports about an unreadable request. */
interface ParserError extends Error {
  readonly code?: string;
  readonly rawPacket?: Buffer;
}

const page = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<title>Too many cookies</title>
<h1>Too many cookies</h1>
<p>Your browser sent more cookies than this server reads. The cookies of unfinished sign-ins are removed.
<p>Reload the page. If this page appears again, delete the cookies of this site.
</html>
`;
const cookiesClearedMax = 64;

/**
 * Answers a request with oversized headers with 431 (RFC 6585, section 5), and clears its attempt cookies. Otherwise, a
 * browser with too many of them would stay locked out of the whole site: sign-ins that start at the same time do not
 * see each other's cookies. A request without such cookies gets the usual error body.
 */
export function answerTooLargeHeaders(server: Server, cookies: CookieJar): void {
  // Before Fastify's own listener, which ignores a destroyed socket.
  server.prependListener('clientError', (error: ParserError, socket: Socket) => {
    if (error.code !== 'HPE_HEADER_OVERFLOW' || !socket.writable) return;
    const cleared = cookiesToClear(error.rawPacket?.toString('latin1') ?? '', cookies);
    if (cleared.length === 0) return;
    socket.write(render(cleared));
    socket.destroy();
  });
}

function cookiesToClear(packet: string, cookies: CookieJar): readonly string[] {
  const names = packet.matchAll(new RegExp(String.raw`${cookies.hostName(attemptCookiePrefix)}[\w-]{1,64}(?==)`, 'gu'));
  const distinct = new Set([...names].map(([name]) => name));
  return [...distinct].slice(0, cookiesClearedMax).map((name) => cookies.clear(name));
}

function render(setCookies: readonly string[]): string {
  return [
    'HTTP/1.1 431 Request Header Fields Too Large',
    ...setCookies.map((line) => `Set-Cookie: ${line}`),
    'Cache-Control: no-store',
    'Connection: close',
    "Content-Security-Policy: default-src 'none'; frame-ancestors 'none'",
    'Content-Type: text/html; charset=utf-8',
    `Content-Length: ${Buffer.byteLength(page)}`,
    'X-Content-Type-Options: nosniff',
    '',
    page,
  ].join('\r\n');
}

import { usageFailure } from './cli-failure.ts';

const loopbackHost = /^(?:localhost|127(?:\.\d{1,3}){3}|\[::1\])$/u;

/**
 * Parses a server's web origin: https, or http on this computer only, because anyone can read a login that is sent
 * unencrypted.
 */
export function parseSiteUrl(text: string): string {
  const url = URL.parse(text);
  const isSafe = url?.protocol === 'https:' || (url?.protocol === 'http:' && loopbackHost.test(url.hostname));
  if (url === null || !isSafe || url.username !== '' || url.password !== '') {
    throw usageFailure('The server’s URL must be https://host, or http:// on this computer.');
  }
  return url.origin;
}

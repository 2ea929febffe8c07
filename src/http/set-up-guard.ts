import ipaddr from 'ipaddr.js';
import type { FastifyRequest } from 'fastify';

import { appError, type KnownError } from '../contract/errors.ts';
import { equalsInConstantTime, sha256Hex } from '../kernel/digest.ts';
import type { Secret } from '../kernel/secret.ts';

/** The settings that decide who may set up an empty server. */
export interface SetUpGuard {
  /** The origin of `SITE_URL`. */
  readonly site: string;
  /** The operator's `SALLYPORT_SETUP_TOKEN`. */
  readonly token: Secret | undefined;
}

/** The parts of a request that the guard checks. */
type Asking = Pick<FastifyRequest, 'headers' | 'ip'> & {
  readonly socket: { readonly remoteAddress?: string | undefined };
};

/**
 * Why a caller may not set up the server; `undefined` if they may.
 *
 * The caller who sets up a server administrates it. So a page of another site must not do it through a browser on the server's
 * network, not even by DNS rebinding, where the browser believes that the page is of the same site: its `Host` is then a
 * name that the server does not have. A stranger must not do it either: without a token, only clients with a loopback
 * or private address may.
 */
export function setUpObstacle(request: Asking, guard: SetUpGuard): KnownError | undefined {
  if (isCrossSite(request, guard.site)) return appError('cross_site_request');
  if (guard.token !== undefined) {
    return hasToken(request, guard.token) ? undefined : appError('setup_token_required');
  }
  return isLocal(request) ? undefined : appError('setup_token_required');
}

/** Whether a caller may learn that the server is not set up: a caller who may set it up without a token. */
export function mayLearnOfSetUp(request: Asking, { site }: Pick<SetUpGuard, 'site'>): boolean {
  return !isCrossSite(request, site) && isLocal(request);
}

function isCrossSite({ headers }: Asking, site: string): boolean {
  const { origin, host } = headers;
  const fetchSite = headers['sec-fetch-site'];
  if (origin !== undefined && origin !== site) return true;
  if (fetchSite !== undefined && fetchSite !== 'same-origin' && fetchSite !== 'none') return true;
  return !isOwnHost(host, site);
}

// An IP address cannot be rebound. A name without a dot belongs to the local network, for example a container.
function isOwnHost(host: string | undefined, site: string): boolean {
  const url = `http://${host ?? ''}`;
  if (host === undefined || !URL.canParse(url)) return false;
  const { hostname } = new URL(url);
  const isName = !ipaddr.isValid(hostname.replace(/^\[|\]$/gu, '')) && hostname.includes('.');
  return !isName || hostname === new URL(site).hostname || hostname.endsWith('.localhost');
}

const forwardingHeaders = ['x-forwarded-for', 'x-forwarded-host', 'x-forwarded-proto', 'x-real-ip', 'forwarded'];
const localRanges = ['loopback', 'private', 'uniqueLocal', 'linkLocal'];

// Behind an unlisted proxy, the address is the proxy's, and the client is unknown.
function isLocal({ headers, ip, socket }: Asking): boolean {
  const isResolved = ip !== socket.remoteAddress;
  if (!isResolved && forwardingHeaders.some((name) => headers[name] !== undefined)) return false;
  return ipaddr.isValid(ip) && localRanges.includes(ipaddr.process(ip).range());
}

function hasToken({ headers }: Asking, token: Secret): boolean {
  const sent = /^bearer +(?<token>\S+)$/iu.exec(headers.authorization ?? '')?.groups?.['token'] ?? '';
  return equalsInConstantTime(sha256Hex(sent), sha256Hex(token.expose()));
}

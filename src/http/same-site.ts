import type { FastifyRequest } from 'fastify';

import { appError } from '../contract/errors.ts';

/**
 * Refuses a request that a browser sent on behalf of another site. For endpoints that a cookie alone authenticates;
 * programs other than browsers send neither header and have no cookie that somebody else could borrow.
 *
 * @throws `cross_site_request`
 */
export function requireSameSite(request: FastifyRequest, site: string): void {
  const { origin } = request.headers;
  const fetchSite = request.headers['sec-fetch-site'];
  const originIsForeign = origin !== undefined && origin !== site;
  const browserSaysForeign = fetchSite !== undefined && fetchSite !== 'same-origin' && fetchSite !== 'none';
  if (originIsForeign || browserSaysForeign) throw appError('cross_site_request');
}

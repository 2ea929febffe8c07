import type { FastifyRequest } from 'fastify';

import { appError } from '../contract/errors.ts';

/**
 * Rejects a request that a browser sent for another site. For endpoints that only a cookie authenticates. Other
 * programs send neither header and have no cookie that another site could use.
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

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

import { appError, type KnownError } from '../contract/errors.ts';

/** Says which methods a path takes, by the patterns of the routes. */
export type FindMethods = (path: string) => readonly string[];

/** Watches the routes that are added to a server from now on. Fastify's own router answers for one method at a time. */
export function collectMethods(app: FastifyInstance): FindMethods {
  const methods = new Map<string, Set<string>>();
  app.addHook('onRoute', ({ url, method }) => {
    const known = methods.get(url) ?? new Set();
    methods.set(url, known);
    for (const each of [method].flat()) known.add(each);
  });
  let patterns: readonly { readonly pattern: RegExp; readonly taken: ReadonlySet<string> }[] | undefined;
  return (path) => {
    patterns ??= [...methods].map(([url, taken]) => ({ pattern: patternOf(url), taken }));
    const found = patterns.filter(({ pattern }) => pattern.test(path)).flatMap(({ taken }) => [...taken]);
    return [...new Set(found)].toSorted();
  };
}

// `:name` stands for one segment and `*` for the rest; a trailing slash makes no difference.
function patternOf(url: string): RegExp {
  const parts = url.split(/(:\w+|\*)/);
  const texts = parts.map((part) => {
    if (part === '*') return '.*';
    return part.startsWith(':') ? '[^/]+' : RegExp.escape(part);
  });
  return new RegExp(`^${texts.join('').replace(/\/$/, '')}/?$`);
}

/**
 * Answers a request that no route takes. For a path that exists, `OPTIONS` gets the methods in `Allow` (RFC 9110, section
 * 9.3.7), and any other method the error 405 with the same header (section 15.5.6). A path that does not exist is 404.
 */
export function createNotFoundHandler(
  findMethods: FindMethods,
  render: (error: KnownError, request: FastifyRequest, reply: FastifyReply) => FastifyReply,
) {
  return (request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const [path = ''] = request.url.split('?');
    const methods = findMethods(path);
    if (methods.length === 0) return render(appError('route_not_found'), request, reply);
    reply.header('allow', [...methods, 'OPTIONS'].join(', '));
    if (request.method === 'OPTIONS') return reply.code(204).header('cache-control', 'no-store').send();
    return render(appError('method_not_allowed'), request, reply);
  };
}

import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

import { appError, type KnownError } from '../contract/errors.ts';

/** Finds the methods of a path by the patterns of the routes. */
export type FindMethods = (path: string) => readonly string[];

/** Collects the routes that are added to a server from now on. Fastify's router matches one method at a time. */
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

// `:name` matches one segment and `*` the rest. A trailing slash makes no difference.
function patternOf(url: string): RegExp {
  const parts = url.split(/(:\w+|\*)/);
  const texts = parts.map((part) => {
    if (part === '*') return '.*';
    return part.startsWith(':') ? '[^/]+' : RegExp.escape(part);
  });
  return new RegExp(`^${texts.join('').replace(/\/$/, '')}/?$`);
}

/**
 * Answers a request without a matching route. For an existing path, `OPTIONS` gets the methods in `Allow` (RFC 9110,
 * section 9.3.7), and other methods get 405 with the same header (section 15.5.6). An unknown path is 404.
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

import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import Fastify, { type FastifyInstance } from 'fastify';

import type { OpenApiDocument } from './openapi.ts';

/** A server that never listens and knows the pages about an OpenAPI document; the real one asks it for its answers. */
export async function buildDocs(document: OpenApiDocument, routePrefix: string): Promise<FastifyInstance> {
  const docs = Fastify({ logger: false, exposeHeadRoutes: false, routerOptions: { ignoreTrailingSlash: true } });
  // The plugin adds to what it is given.
  const copy = structuredClone(document);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the plugin's type lists every field of every version of OpenAPI
  await docs.register(swagger, { mode: 'static', specification: { document: copy as never } });
  await docs.register(swaggerUi, { routePrefix, staticCSP: true, uiConfig: { docExpansion: 'list' } });
  await docs.ready();
  return docs;
}

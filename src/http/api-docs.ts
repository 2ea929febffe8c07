import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance } from 'fastify';

import type { OpenApiDocument } from './openapi.ts';

/** Serves the OpenAPI document at `/api/docs/json` and `/api/docs/yaml`, and a page to read it at `/api/docs`. */
export async function registerApiDocs(app: FastifyInstance, document: OpenApiDocument): Promise<void> {
  // The plugin adds to what it is given.
  const copy = structuredClone(document);
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the plugin's type lists every field of every version of OpenAPI
  await app.register(swagger, { mode: 'static', specification: { document: copy as never } });
  await app.register(swaggerUi, { routePrefix: '/api/docs', staticCSP: true, uiConfig: { docExpansion: 'list' } });
}

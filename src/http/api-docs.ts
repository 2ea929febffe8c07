import swagger from '@fastify/swagger';
import swaggerUi from '@fastify/swagger-ui';
import type { FastifyInstance } from 'fastify';

import type { OpenApiDocument } from './openapi.ts';

/** Serves the OpenAPI document at `/api/docs/json` and `/api/docs/yaml`, and a page to read it at `/api/docs`. */
export async function registerApiDocs(app: FastifyInstance, document: OpenApiDocument): Promise<void> {
  await app.register(swagger, { mode: 'static', specification: { document: structuredClone(document) as never } });
  await app.register(swaggerUi, { routePrefix: '/api/docs', staticCSP: true, uiConfig: { docExpansion: 'list' } });
}

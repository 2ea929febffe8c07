import type { FastifyInstance } from 'fastify';

import { appError } from '../contract/errors.ts';
import type { OpenApiDocument } from './openapi.ts';

const docsPath = '/api/docs';

/** State of one connection, or values that change with each response. */
const ownHeaders = new Set(['connection', 'content-length', 'date', 'keep-alive', 'transfer-encoding']);

/**
 * Serves the OpenAPI document at `/api/docs/json` and `/api/docs/yaml`, and a page to read it at `/api/docs`.
 *
 * The first request loads the code and builds the document, because it has a hundred files and most servers never
 * serve it.
 */
export function registerApiDocs(app: FastifyInstance, describe: () => OpenApiDocument): void {
  let docs: Promise<FastifyInstance> | undefined;
  for (const url of [docsPath, `${docsPath}/*`]) {
    app.get(url, async (request, reply) => {
      docs ??= loadDocs(describe());
      const { url: path, headers } = request;
      const answer = await (await docs).inject({ method: 'GET', url: path, headers });
      if (answer.statusCode === 404) throw appError('route_not_found');
      reply.code(answer.statusCode);
      for (const [name, value] of Object.entries(answer.headers)) {
        if (value !== undefined && !ownHeaders.has(name)) reply.header(name, value);
      }
      return reply.send(answer.rawPayload);
    });
  }
}

async function loadDocs(document: OpenApiDocument): Promise<FastifyInstance> {
  const { buildDocs } = await import('./docs-server.ts');
  return buildDocs(document, docsPath);
}

import { IsObject, type TSchema } from 'typebox';

import { errorTable } from '../contract/errors.ts';
import type { RouteContract } from '../contract/route.ts';
import { ErrorBody } from '../contract/shapes.ts';

/** An OpenAPI 3.1 document whose schemas are the ones that validate and serialise. */
export type OpenApiDocument = Readonly<Record<string, unknown>>;

/** Builds the OpenAPI document of the contract's routes. */
export function describeApi(routes: readonly RouteContract[], version: string): OpenApiDocument {
  const paths: Record<string, Record<string, unknown>> = {};
  for (const route of routes) {
    const path = route.url.replaceAll(/:(\w+)/g, '{$1}');
    paths[path] = { ...paths[path], [route.method.toLowerCase()]: describeRoute(route) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Sallyport',
      version,
      description: 'Gives every organization of an application its own OpenID Connect single sign-on.',
      license: { name: 'MIT', identifier: 'MIT' },
    },
    servers: [{ url: '/' }],
    tags: [...new Set(routes.map((route) => route.tag))].map((name) => ({ name })),
    paths,
    components: {
      schemas: { Error: withoutId(ErrorBody) },
      securitySchemes: { bearerAuth: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
    },
  };
}

const integerHeader = (description: string) => ({ description, schema: { type: 'integer' } });

/** The fields that `bound-list.ts` adds to each list. */
const listHeaders = {
  'X-Total-Count': integerHeader('How many there are, on all pages together.'),
  'X-Next-Offset': integerHeader('The `offset` of the next page; absent on the last page.'),
};

function describeRoute(route: RouteContract): Record<string, unknown> {
  const parameters = [...describeParameters('path', route.params), ...describeParameters('query', route.query)];
  return {
    operationId: route.operationId,
    summary: route.summary,
    tags: [route.tag],
    security: route.access === 'public' ? [] : [{ bearerAuth: [] }],
    ...(parameters.length > 0 ? { parameters } : {}),
    ...(route.body === undefined ? {} : { requestBody: { required: true, content: json(route.body) } }),
    responses: {
      200: {
        description: 'Done',
        ...(route.list === undefined ? {} : { headers: listHeaders }),
        ...(route.response === undefined
          ? {}
          : { content: { [route.responseType ?? 'application/json']: { schema: route.response } } }),
      },
      ...describeErrors(route),
    },
  };
}

function describeParameters(place: 'path' | 'query', schema: TSchema | undefined): Record<string, unknown>[] {
  if (schema === undefined) return [];
  if (!IsObject(schema)) throw new TypeError('the parameters of a route must be an object');
  const required: readonly string[] = schema.required ?? [];
  return Object.entries(schema.properties).map(([name, property]) => ({
    name,
    in: place,
    required: place === 'path' || required.includes(name),
    schema: property,
  }));
}

function describeErrors(route: RouteContract): Record<string, unknown> {
  const statuses = new Set<number>([errorTable.internal_error.status, errorTable.storage_unavailable.status]);
  if (route.access !== 'public') {
    statuses.add(errorTable.token_missing.status).add(errorTable.token_invalid.status);
  }
  if (route.body !== undefined || route.query !== undefined) statuses.add(errorTable.validation_failed.status);
  if (route.access === 'organization') statuses.add(errorTable.organization_not_found.status);
  if (route.limit !== 'none') statuses.add(errorTable.rate_limited.status);
  const answer = {
    description: 'What went wrong',
    content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
  };
  return Object.fromEntries([...statuses].toSorted((a, b) => a - b).map((status) => [status, answer]));
}

function json(schema: TSchema): Record<string, unknown> {
  return { 'application/json': { schema } };
}

function withoutId(schema: TSchema): Record<string, unknown> {
  return Object.fromEntries(Object.entries(schema).filter(([name]) => name !== '$id'));
}

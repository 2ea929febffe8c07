import fastJsonStringify from 'fast-json-stringify';
import { expect, it } from 'vitest';

import { apiRoutes } from '../contract/api.ts';
import { createValidators } from './validation.ts';

// The server compiles a schema at its first use, which is too late to find a fault.
it.each(apiRoutes.map((route) => [route.operationId, route] as const))('compiles all of %s', (_name, route) => {
  const { params, query, body, response } = route;
  const { forQuery, forBody } = createValidators();
  const compileAll = () => {
    for (const schema of [params, query]) if (schema !== undefined) forQuery(schema)({});
    if (body !== undefined) forBody(body)({});
    if (response !== undefined) fastJsonStringify(response);
  };
  expect(compileAll).not.toThrow();
});

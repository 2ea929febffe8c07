import { apiRoutes } from '../../src/contract/api.ts';
import { version } from '../../src/contract/version.ts';
import { describeApi } from '../../src/http/openapi.ts';

/** The committed API description, identical to the one that the server returns. */
export function renderOpenApiDocument(): string {
  return `${JSON.stringify(describeApi(apiRoutes, version), undefined, 2)}\n`;
}

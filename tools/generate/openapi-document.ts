import { apiRoutes } from '../../src/contract/api.ts';
import { version } from '../../src/contract/version.ts';
import { describeApi } from '../../src/http/openapi.ts';

/** The API's document as it is committed: the same that the server shows. */
export function renderOpenApiDocument(): string {
  return `${JSON.stringify(describeApi(apiRoutes, version), undefined, 2)}\n`;
}

import { connectionTestRoutes } from '../contract/connection-test.ts';
import type { Mount } from '../http/mount.ts';
import { testOidcConfig, type TestOidcConfigDeps } from './test-oidc-config.ts';

/** The connection test, which alone of the configuration's endpoints calls an identity provider. */
export function mountConnectionTest(mount: Mount, deps: TestOidcConfigDeps): void {
  mount(connectionTestRoutes.testOidcConfig, async ({ actor, body, clientInfo, request, reply }) => {
    // The operator finds in the log under this id what the tenant is not told.
    reply.header('x-request-id', request.id);
    return testOidcConfig(deps, { actor, body, clientInfo, reqId: request.id });
  });
}

import { connectionTestRoutes } from '../contract/connection-test.ts';
import type { Mount } from '../http/mount.ts';
import { testOidcConfig, type TestOidcConfigDeps } from './test-oidc-config.ts';

/** The connection test, the only endpoint of the connection that calls an identity provider. */
export function mountConnectionTest(mount: Mount, deps: TestOidcConfigDeps): void {
  mount(connectionTestRoutes.testOidcConfig, async ({ actor, body, clientInfo, request, reply }) => {
    // The operator finds details in the log under this id that the tenant does not see.
    reply.header('x-request-id', request.id);
    return testOidcConfig(deps, { actor, body, clientInfo, reqId: request.id });
  });
}

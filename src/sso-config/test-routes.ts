import { connectionTestRoutes } from '../contract/connection-test.ts';
import type { Mount } from '../http/mount.ts';
import { testOidcConfig, type TestOidcConfigDeps } from './test-oidc-config.ts';

/** The connection test, which alone of the configuration's endpoints calls an identity provider. */
export function mountConnectionTest(mount: Mount, deps: TestOidcConfigDeps): void {
  mount(connectionTestRoutes.testOidcConfig, async ({ actor, body, origin, request }) =>
    testOidcConfig(deps, { actor, body, origin, reqId: request.id }),
  );
}

import type { AppendAudit } from '../audit/append.ts';
import { identityRoutes } from '../contract/identities.ts';
import type { Mount } from '../http/mount.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Random } from '../kernel/random.ts';
import type { AccessTokens } from '../signing-keys/access-tokens.ts';
import type { Database } from '../storage/database.ts';
import { loginWithUniversalAuth } from './login-with-universal-auth.ts';
import { endMachineToken, renewMachineToken } from './machine-tokens.ts';

/** What the endpoints of machine identities' access tokens need. */
export interface MachineLoginDeps {
  readonly database: Database;
  readonly accessTokens: AccessTokens;
  readonly audit: AppendAudit;
  readonly clock: Clock;
  readonly random: Random;
}

export function mountMachineTokens(mount: Mount, deps: MachineLoginDeps): void {
  mount(identityRoutes.loginWithUniversalAuth, async ({ body, origin }) => loginWithUniversalAuth(deps, body, origin));
  mount(identityRoutes.renewMachineToken, async ({ body, origin }) =>
    renewMachineToken(deps, body.accessToken, origin),
  );
  mount(identityRoutes.revokeMachineToken, async ({ body, origin }) => {
    await endMachineToken(deps, body.accessToken, origin);
    return { message: 'The access token is revoked.' };
  });
}

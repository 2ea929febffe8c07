import type { AuditedDatabase } from '../audit/audited-database.ts';
import type { AppendAudit } from '../audit/append.ts';
import { identityRoutes } from '../contract/identities.ts';
import type { Mount } from '../http/mount.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Random } from '../kernel/random.ts';
import type { AccessTokens } from '../signing-keys/access-tokens.ts';
import { loginWithUniversalAuth } from './login-with-universal-auth.ts';
import { endMachineToken, renewMachineToken } from './machine-tokens.ts';

/** The dependencies of the machine token endpoints. */
export interface MachineLoginDeps {
  readonly database: AuditedDatabase;
  readonly accessTokens: AccessTokens;
  readonly audit: AppendAudit;
  readonly clock: Clock;
  readonly random: Random;
}

export function mountMachineTokens(mount: Mount, deps: MachineLoginDeps): void {
  mount(identityRoutes.loginWithUniversalAuth, async ({ body, clientInfo }) =>
    loginWithUniversalAuth(deps, body, clientInfo),
  );
  mount(identityRoutes.renewMachineToken, async ({ body, clientInfo }) =>
    renewMachineToken(deps, body.accessToken, clientInfo),
  );
  mount(identityRoutes.revokeMachineToken, async ({ body, clientInfo }) => {
    await endMachineToken(deps, body.accessToken, clientInfo);
    return { message: 'The access token is revoked.' };
  });
}

import { loginAttemptRoutes } from '../contract/login-attempts.ts';
import type { Mount } from '../http/mount.ts';
import type { Database } from '../storage/database.ts';
import { listLoginAttempts, readLoginAttempt } from './read-attempts.ts';

export function mountLoginAttempts(mount: Mount, deps: { readonly database: Database }): void {
  mount(loginAttemptRoutes.listLoginAttempts, async ({ actor, query }) => listLoginAttempts(deps, actor, query));

  mount(loginAttemptRoutes.readLoginAttempt, async ({ actor, params, query }) =>
    readLoginAttempt(deps, actor, { ...params, ...query }),
  );
}

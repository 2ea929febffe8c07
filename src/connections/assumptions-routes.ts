import { assumptionRoutes } from '../contract/assumptions.ts';
import type { Mount } from '../http/mount.ts';
import { type AssumptionsDeps, readAssumptions } from './read-assumptions.ts';

export function mountAssumptions(mount: Mount, deps: AssumptionsDeps): void {
  mount(assumptionRoutes.readAssumptions, async ({ actor, query }) =>
    readAssumptions(deps, { actor, organizationId: query.organizationId }),
  );
}

/** The organizations: creating, listing, reading, changing and deleting them. */
import { organizationAdminRoutes } from '../contract/organization-admin.ts';
import { organizationRoutes } from '../contract/organizations.ts';
import { sessionRoutes } from '../contract/sessions.ts';
import { cutPage } from '../contract/page.ts';
import type { Mount } from '../http/mount.ts';
import { builtInRoles } from '../access/built-in-roles.ts';
import { createOrganization, type CreateOrganizationDeps } from './create-organization.ts';
import { deleteOrganization, type DeleteOrganizationDeps } from './delete-organization.ts';
import { listAllOrganizations } from './list-all-organizations.ts';
import { listOrganizations } from './list-organizations.ts';
import { readOrganization, readProvisioning } from './read-organization.ts';
import { updateOrganization, type UpdateOrganizationDeps } from './update-organization.ts';

export function mountOrganizations(
  mount: Mount,
  deps: CreateOrganizationDeps & UpdateOrganizationDeps & DeleteOrganizationDeps,
): void {
  mount(organizationAdminRoutes.listAllOrganizations, async ({ actor, query }) =>
    listAllOrganizations(deps, actor, query),
  );

  mount(organizationAdminRoutes.deleteOrganization, async ({ actor, clientInfo, params, query }) => ({
    organization: await deleteOrganization(deps, { actor, clientInfo, ...params, ...query }),
  }));

  mount(organizationAdminRoutes.listOrganizationRoles, async ({ query }) => {
    const { rows: roles, totalCount } = cutPage(builtInRoles, query);
    return { roles, totalCount };
  });

  mount(organizationRoutes.createOrganization, async (call) => ({
    organization: await createOrganization(deps, call),
  }));

  mount(organizationRoutes.listOrganizations, async ({ actor, query }) => listOrganizations(deps, actor, query));

  mount(sessionRoutes.listMyOrganizations, async ({ actor, query }) => listOrganizations(deps, actor, query));

  mount(organizationRoutes.readOrganization, async ({ actor, params }) => ({
    organization: await readOrganization(deps, actor, params.organizationId),
  }));

  mount(organizationRoutes.readProvisioning, async ({ actor, params }) =>
    readProvisioning(deps, actor, params.organizationId),
  );

  mount(organizationRoutes.updateOrganization, async ({ actor, params, body, clientInfo }) => {
    const { organizationId } = params;
    const organization = await updateOrganization(deps, { actor, organizationId, body, clientInfo });
    return { message: 'The organization is updated.', organization };
  });
}

import { Type } from 'typebox';

import { nameLengthMax, slugLengthMax } from './limits.ts';
import { Organization } from './organizations.ts';
import { pageQuery, TotalCount, wholeListQuery } from './page.ts';
import type { RouteContract } from './route.ts';
import { AnyIdentifier, RoleSchema } from './shapes.ts';
import { Text } from './text.ts';

/** There are the built-in roles only. */
const rolesListedMax = 100;

const shared = { tag: 'Organizations', access: 'user-or-machine' } as const;

/** Endpoints about organizations that name none in particular, most of them for instance admins. */
export const organizationAdminRoutes = {
  listAllOrganizations: {
    ...shared,
    method: 'GET',
    url: '/api/v2/organizations',
    operationId: 'listAllOrganizations',
    summary: 'List all organizations of the server by name; for instance admins',
    limit: 'read',
    query: Type.Object({
      search: Type.Optional(Text({ lengthMax: nameLengthMax, description: 'Part of a name or slug.' })),
      slug: Type.Optional(Text({ lengthMax: slugLengthMax, description: 'The full slug of one organization.' })),
      ...pageQuery,
    }),
    list: 'organizations',
    response: Type.Object({ organizations: Type.Array(Organization), totalCount: TotalCount }),
  },
  deleteOrganization: {
    ...shared,
    method: 'DELETE',
    url: '/api/v2/organizations/:organizationId',
    operationId: 'deleteOrganization',
    summary: 'Delete an organization with everything of it except its audit trail; for instance admins',
    limit: 'write',
    params: Type.Object({ organizationId: AnyIdentifier }),
    query: Type.Object({
      confirm: Text({ lengthMin: 1, lengthMax: nameLengthMax, description: "The organization's name or slug." }),
    }),
    response: Type.Object({ organization: Organization }),
  },
  listOrganizationRoles: {
    ...shared,
    method: 'GET',
    url: '/api/v1/organization/roles',
    operationId: 'listOrganizationRoles',
    summary: 'List the roles of members, groups and machine identities',
    limit: 'read',
    query: Type.Object(wholeListQuery(rolesListedMax)),
    list: 'roles',
    response: Type.Object({
      roles: Type.Array(Type.Object({ slug: RoleSchema, name: Type.String(), description: Type.String() })),
      totalCount: TotalCount,
    }),
  },
} as const satisfies Record<string, RouteContract>;

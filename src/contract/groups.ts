import { Type, type Static } from 'typebox';

import { groupsPerOrganizationMax, nameLengthMax, slugLengthMax } from './limits.ts';
import { TotalCount, wholeListQuery } from './page.ts';
import type { RouteContract } from './route.ts';
import { AnyIdentifier, Id, RoleSchema, Timestamp } from './shapes.ts';
import { Text } from './text.ts';

export const Group = Type.Object({
  id: Id,
  orgId: Id,
  name: Type.String(),
  slug: Type.String(),
  createdAt: Timestamp,
  updatedAt: Timestamp,
  role: RoleSchema,
  roleId: Type.Null({ description: 'Only the built-in roles exist, and they have no id.' }),
});
export type Group = Static<typeof Group>;

export const GroupUser = Type.Object({
  id: Id,
  email: Type.String(),
  username: Type.String(),
  firstName: Type.String(),
  lastName: Type.String(),
  isPartOfGroup: Type.Boolean(),
  joinedGroupAt: Type.Union([Timestamp, Type.Null()]),
});
export type GroupUser = Static<typeof GroupUser>;

export const CreateGroupBody = Type.Object({
  name: Text({ lengthMin: 1, lengthMax: nameLengthMax }),
  slug: Type.Optional(Text({ lengthMin: 1, lengthMax: slugLengthMax })),
  role: Type.Optional(RoleSchema),
  organizationId: Type.Optional(AnyIdentifier),
});
export type CreateGroupBody = Static<typeof CreateGroupBody>;

export const UpdateGroupBody = Type.Object({
  name: Type.Optional(Text({ lengthMin: 1, lengthMax: nameLengthMax })),
  slug: Type.Optional(Text({ lengthMin: 1, lengthMax: slugLengthMax })),
  role: Type.Optional(RoleSchema),
  organizationId: Type.Optional(AnyIdentifier),
});
export type UpdateGroupBody = Static<typeof UpdateGroupBody>;

/** A member who was added to a group, or removed from it. */
export const GroupMember = Type.Object({
  id: Id,
  email: Type.String(),
  username: Type.String(),
  firstName: Type.String(),
  lastName: Type.String(),
});
export type GroupMember = Static<typeof GroupMember>;

const OrganizationChoice = { organizationId: Type.Optional(AnyIdentifier) };
const ByGroup = Type.Object({ id: AnyIdentifier });
const ByMember = Type.Object({ id: AnyIdentifier, username: Text({ lengthMin: 1, lengthMax: nameLengthMax }) });
const shared = { tag: 'Groups', access: 'organization' } as const;

export const groupRoutes = {
  createGroup: {
    ...shared,
    method: 'POST',
    url: '/api/v1/groups',
    operationId: 'createGroup',
    summary: 'Create a group',
    limit: 'write',
    body: CreateGroupBody,
    response: Group,
  },
  listGroups: {
    ...shared,
    method: 'GET',
    url: '/api/v1/groups',
    operationId: 'listGroups',
    summary: "List the organization's groups",
    limit: 'read',
    query: Type.Object({
      ...OrganizationChoice,
      search: Type.Optional(Text({ lengthMax: nameLengthMax, description: 'Part of a name or slug.' })),
      ...wholeListQuery(groupsPerOrganizationMax),
    }),
    list: '',
    response: Type.Array(Group),
  },
  readGroup: {
    ...shared,
    method: 'GET',
    url: '/api/v1/groups/:id',
    operationId: 'readGroup',
    summary: 'Read one group',
    limit: 'read',
    params: ByGroup,
    query: Type.Object(OrganizationChoice),
    response: Group,
  },
  updateGroup: {
    ...shared,
    method: 'PATCH',
    url: '/api/v1/groups/:id',
    operationId: 'updateGroup',
    summary: "Change a group's name, slug or role",
    limit: 'write',
    params: ByGroup,
    body: UpdateGroupBody,
    response: Group,
  },
  deleteGroup: {
    ...shared,
    method: 'DELETE',
    url: '/api/v1/groups/:id',
    operationId: 'deleteGroup',
    summary: 'Delete a group; its members stay members of the organization',
    limit: 'write',
    params: ByGroup,
    query: Type.Object(OrganizationChoice),
    response: Group,
  },
  addGroupUser: {
    ...shared,
    method: 'POST',
    url: '/api/v1/groups/:id/users/:username',
    operationId: 'addGroupUser',
    summary: 'Add a member to a group',
    limit: 'write',
    params: ByMember,
    query: Type.Object(OrganizationChoice),
    response: GroupMember,
  },
  removeGroupUser: {
    ...shared,
    method: 'DELETE',
    url: '/api/v1/groups/:id/users/:username',
    operationId: 'removeGroupUser',
    summary: 'Remove a member from a group',
    limit: 'write',
    params: ByMember,
    query: Type.Object(OrganizationChoice),
    response: GroupMember,
  },
  listGroupUsers: {
    ...shared,
    method: 'GET',
    url: '/api/v1/groups/:id/users',
    operationId: 'listGroupUsers',
    summary: "List the organization's members and whether they belong to the group",
    limit: 'read',
    params: ByGroup,
    query: Type.Object({
      ...OrganizationChoice,
      offset: Type.Optional(Type.Integer({ minimum: 0, maximum: 1_000_000, default: 0 })),
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, default: 10 })),
      username: Type.Optional(Text({ lengthMax: nameLengthMax })),
      search: Type.Optional(Text({ lengthMax: nameLengthMax })),
    }),
    list: 'users',
    response: Type.Object({ users: Type.Array(GroupUser), totalCount: TotalCount }),
  },
} as const satisfies Record<string, RouteContract>;

import { Type, type Static } from 'typebox';

import { emailLengthMax, invitationDaysDefault, invitationDaysMax, invitationGroupsMax } from './limits.ts';
import { pageQuery, TotalCount } from './page.ts';
import type { RouteContract } from './route.ts';
import { AnyIdentifier, Id, RoleSchema, Timestamp } from './shapes.ts';
import { Text } from './text.ts';

/** What became of an invitation. */
export const invitationStatuses = ['invited', 'accepted', 'revoked', 'expired'] as const;
export type InvitationStatus = (typeof invitationStatuses)[number];

/**
 * What became of the message that brings the link: `none` when the server was not to send one, `limited` when the
 * organization or the address had had its share of messages.
 */
const mailStatuses = ['none', 'queued', 'sent', 'failed', 'withdrawn', 'limited'] as const;

/** Warnings about an invitation. The first three are reasons for which the sign-in will be rejected. */
const warningCodes = [
  'sign_in_unavailable',
  'email_domain_not_allowed',
  'email_domain_not_verified',
  'mail_limited',
] as const;

const Warning = Type.Object({ code: Type.Enum(warningCodes), message: Type.String() });
export type InvitationWarning = Static<typeof Warning>;

export const Invitation = Type.Object({
  id: Id,
  orgId: Id,
  email: Type.String(),
  role: RoleSchema,
  groupIds: Type.Array(Id),
  status: Type.Enum(invitationStatuses),
  invitedBy: Type.Object({ type: Type.Enum(['user', 'identity']), id: Id, name: Type.String() }),
  mailStatus: Type.Enum(mailStatuses),
  warnings: Type.Array(Warning, {
    description: 'Why the invitation will not work at the moment, or was not sent. Only while it is open.',
  }),
  acceptedUserId: Type.Union([Id, Type.Null()]),
  createdAt: Timestamp,
  updatedAt: Timestamp,
  expiresAt: Timestamp,
});
export type Invitation = Static<typeof Invitation>;

const expiresInDays = Type.Optional(
  Type.Integer({ minimum: 1, maximum: invitationDaysMax, default: invitationDaysDefault }),
);

export const CreateInvitationBody = Type.Object({
  email: Text({ lengthMin: 1, lengthMax: emailLengthMax }),
  role: Type.Optional(RoleSchema),
  groupIds: Type.Optional(
    Type.Array(AnyIdentifier, { maxItems: invitationGroupsMax, description: 'Groups that the user joins.' }),
  ),
  expiresInDays,
});
export type CreateInvitationBody = Static<typeof CreateInvitationBody>;

const url = '/api/v1/organization/:organizationId/invitations';
const shared = { tag: 'Invitations', access: 'organization' } as const;
const ByOrganization = Type.Object({ organizationId: AnyIdentifier });
const ByInvitation = Type.Object({ organizationId: AnyIdentifier, invitationId: AnyIdentifier });
const Wrapped = Type.Object({ invitation: Invitation });
const WithLink = Type.Object({
  invitation: Invitation,
  link: Type.String({ description: 'The link to send to the invited user. It is shown only once.' }),
});

export const invitationRoutes = {
  createInvitation: {
    ...shared,
    method: 'POST',
    url,
    operationId: 'createInvitation',
    summary: 'Invite a user by e-mail address',
    limit: 'write',
    params: ByOrganization,
    body: CreateInvitationBody,
    response: WithLink,
  },
  listInvitations: {
    ...shared,
    method: 'GET',
    url,
    operationId: 'listInvitations',
    summary: 'List invitations, newest first',
    limit: 'read',
    params: ByOrganization,
    query: Type.Object({ ...pageQuery, status: Type.Optional(Type.Enum(invitationStatuses)) }),
    list: 'invitations',
    response: Type.Object({ invitations: Type.Array(Invitation), totalCount: TotalCount }),
  },
  renewInvitation: {
    ...shared,
    method: 'POST',
    url: `${url}/:invitationId/renew`,
    operationId: 'renewInvitation',
    summary: 'Give an invitation a new link and a new expiry; the old link stops working',
    limit: 'write',
    params: ByInvitation,
    body: Type.Object({ expiresInDays }),
    response: WithLink,
  },
  revokeInvitation: {
    ...shared,
    method: 'DELETE',
    url: `${url}/:invitationId`,
    operationId: 'revokeInvitation',
    summary: 'Revoke an invitation',
    limit: 'write',
    params: ByInvitation,
    response: Wrapped,
  },
} as const satisfies Record<string, RouteContract>;

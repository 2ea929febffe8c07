import { Type, type Static } from 'typebox';

import {
  emailLengthMax,
  nameLengthMax,
  organizationsPerUserMax,
  passwordLengthMax,
  sessionsListedMax,
} from './limits.ts';
import { OrganizationOfMember } from './organizations.ts';
import { pageQuery, TotalCount, wholeListQuery } from './page.ts';
import type { RouteContract } from './route.ts';
import { AnyIdentifier, Id, Message, Timestamp } from './shapes.ts';
import { Text } from './text.ts';

export const User = Type.Object({
  id: Id,
  email: Type.String(),
  username: Type.String(),
  firstName: Type.String(),
  lastName: Type.String(),
  isEmailVerified: Type.Boolean(),
  superAdmin: Type.Boolean(),
  createdAt: Timestamp,
  updatedAt: Timestamp,
});
export type User = Static<typeof User>;

export const Session = Type.Object({
  id: Id,
  organizationId: Type.Union([Id, Type.Null()]),
  authMethod: Type.String(),
  ip: Type.String(),
  userAgent: Type.String(),
  createdAt: Timestamp,
  lastUsed: Timestamp,
  expiresAt: Timestamp,
  isCurrent: Type.Boolean(),
});
export type Session = Static<typeof Session>;

export const MemberSession = Type.Object({ ...Session.properties, userId: Id, email: Type.String() });
export type MemberSession = Static<typeof MemberSession>;

const Token = Type.String({ description: 'An access token. It expires soon and is then refreshed.' });

export const sessionRoutes = {
  loginWithPassword: {
    method: 'POST',
    url: '/api/v3/auth/login',
    operationId: 'loginWithPassword',
    summary: "Sign in with the instance admin's password",
    tag: 'Sessions',
    access: 'public',
    limit: 'auth',
    body: Type.Object({
      email: Text({ lengthMin: 1, lengthMax: emailLengthMax }),
      password: Type.String({ minLength: 1, maxLength: passwordLengthMax }),
    }),
    response: Type.Object({ accessToken: Token }),
  },
  selectOrganization: {
    method: 'POST',
    url: '/api/v3/auth/select-organization',
    operationId: 'selectOrganization',
    breakGlass: 'allowed',
    summary: 'Exchange a token without an organization for one with an organization',
    tag: 'Sessions',
    access: 'user',
    limit: 'signIn',
    body: Type.Object({ organizationId: Text({ lengthMin: 1, lengthMax: nameLengthMax }) }),
    response: Type.Object({ token: Token, isMfaEnabled: Type.Boolean() }),
  },
  refreshToken: {
    method: 'POST',
    url: '/api/v1/auth/token',
    operationId: 'refreshToken',
    summary:
      'Exchange the refresh cookie for an access token; the cookie is replaced, and for ten seconds by the same successor',
    tag: 'Sessions',
    access: 'public',
    limit: 'signIn',
    response: Type.Object({ token: Token, organizationId: Type.Optional(Id) }),
  },
  checkAuth: {
    method: 'POST',
    url: '/api/v1/auth/checkAuth',
    operationId: 'checkAuth',
    breakGlass: 'allowed',
    summary: 'Check that the access token is valid',
    tag: 'Sessions',
    access: 'user',
    limit: 'signIn',
    response: Message,
  },
  logout: {
    method: 'POST',
    url: '/api/v1/auth/logout',
    operationId: 'logout',
    summary: 'End the session and clear the refresh cookie',
    tag: 'Sessions',
    access: 'public',
    limit: 'signIn',
    response: Message,
  },
  readMe: {
    method: 'GET',
    url: '/api/v2/users/me',
    operationId: 'readMe',
    summary: 'Read your own user',
    tag: 'Users',
    access: 'user',
    limit: 'read',
    response: Type.Object({ user: User }),
  },
  listMyOrganizations: {
    method: 'GET',
    url: '/api/v2/users/me/organizations',
    operationId: 'listMyOrganizations',
    summary: 'List your organizations',
    tag: 'Users',
    access: 'user',
    limit: 'read',
    query: Type.Object(wholeListQuery(organizationsPerUserMax)),
    list: 'organizations',
    response: Type.Object({ organizations: Type.Array(OrganizationOfMember), totalCount: TotalCount }),
  },
  listMySessions: {
    method: 'GET',
    url: '/api/v2/users/me/sessions',
    operationId: 'listMySessions',
    summary: 'Your sessions',
    tag: 'Users',
    access: 'user',
    limit: 'read',
    query: Type.Object(wholeListQuery(sessionsListedMax)),
    list: '',
    response: Type.Array(Session),
  },
  endMySessions: {
    method: 'DELETE',
    url: '/api/v2/users/me/sessions',
    operationId: 'endMySessions',
    breakGlass: 'allowed',
    summary: 'End all your sessions',
    tag: 'Users',
    access: 'user',
    limit: 'write',
    response: Message,
  },
  endMySession: {
    method: 'DELETE',
    url: '/api/v2/users/me/sessions/:sessionId',
    operationId: 'endMySession',
    breakGlass: 'allowed',
    summary: 'End one of your sessions',
    tag: 'Users',
    access: 'user',
    limit: 'write',
    params: Type.Object({ sessionId: AnyIdentifier }),
    response: Message,
  },
  listOrganizationSessions: {
    method: 'GET',
    url: '/api/v1/organization/:organizationId/sessions',
    operationId: 'listOrganizationSessions',
    summary: "List the organization's live sessions, latest use first",
    tag: 'Sessions',
    access: 'organization',
    limit: 'read',
    params: Type.Object({ organizationId: AnyIdentifier }),
    query: Type.Object({ ...pageQuery, userId: Type.Optional(AnyIdentifier) }),
    list: 'sessions',
    response: Type.Object({ sessions: Type.Array(MemberSession), totalCount: TotalCount }),
  },
  endOrganizationSessions: {
    method: 'DELETE',
    url: '/api/v1/organization/:organizationId/sessions',
    operationId: 'endOrganizationSessions',
    breakGlass: 'allowed',
    summary: "End one member's sessions of the organization, or everyone's",
    tag: 'Sessions',
    access: 'organization',
    limit: 'write',
    params: Type.Object({ organizationId: AnyIdentifier }),
    query: Type.Object({
      userId: Type.Optional(AnyIdentifier),
      everyone: Type.Optional(Type.Boolean({ description: 'Required if no user is named.' })),
    }),
    response: Type.Object({ message: Type.String(), endedSessions: Type.Integer() }),
  },
  endOrganizationSession: {
    method: 'DELETE',
    url: '/api/v1/organization/:organizationId/sessions/:sessionId',
    operationId: 'endOrganizationSession',
    breakGlass: 'allowed',
    summary: "End one of the organization's sessions",
    tag: 'Sessions',
    access: 'organization',
    limit: 'write',
    params: Type.Object({ organizationId: AnyIdentifier, sessionId: AnyIdentifier }),
    response: Message,
  },
} as const satisfies Record<string, RouteContract>;

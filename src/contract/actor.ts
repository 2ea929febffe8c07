import type { MachineIdentityId, OrganizationId, SessionId, UserId } from './ids.ts';

/** How a session came to be. */
const authMethods = ['oidc', 'password', 'break-glass'] as const;
export type AuthMethod = (typeof authMethods)[number];

export function isAuthMethod(value: unknown): value is AuthMethod {
  return authMethods.some((known) => known === value);
}

/** A person, known by the access token of one of their sessions. */
export interface UserActor {
  readonly kind: 'user';
  readonly userId: UserId;
  readonly email: string;
  readonly sessionId: SessionId;
  /** The organization that the session speaks for; `undefined` until one is selected. */
  readonly organizationId: OrganizationId | undefined;
  readonly authMethod: AuthMethod;
  /** May name any organization. */
  readonly isInstanceAdmin: boolean;
}

/** A program, known by the access token of a machine identity. */
export interface MachineActor {
  readonly kind: 'identity';
  readonly identityId: MachineIdentityId;
  readonly name: string;
  /** The row of the access token that the program presented. */
  readonly tokenId: string;
  readonly organizationId: OrganizationId;
  /** The secret that its token goes back to; `undefined` for the token that setting up the server gives. */
  readonly clientSecretId: string | undefined;
  /** May name any organization. */
  readonly isInstanceAdmin: boolean;
}

export type Actor = UserActor | MachineActor;

/** Where a request came from, as it is written into the audit trail. */
export interface ClientInfo {
  readonly ipAddress: string;
  readonly userAgent: string;
  /** Paths of fields of the request that no schema knows; the server ignored them. */
  readonly ignoredFields?: readonly string[];
}

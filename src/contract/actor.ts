import type { MachineIdentityId, OrganizationId, SessionId, UserId } from './ids.ts';

/** How a session started. */
const authMethods = ['oidc', 'password', 'break-glass'] as const;
export type AuthMethod = (typeof authMethods)[number];

export function isAuthMethod(value: unknown): value is AuthMethod {
  return authMethods.some((known) => known === value);
}

/** A user, identified by the access token of one of their sessions. */
export interface UserActor {
  readonly kind: 'user';
  readonly userId: UserId;
  readonly email: string;
  readonly sessionId: SessionId;
  /** The organization of the session; `undefined` until one is selected. */
  readonly organizationId: OrganizationId | undefined;
  readonly authMethod: AuthMethod;
  /** Whether they can access every organization. */
  readonly isInstanceAdmin: boolean;
}

/** A program, identified by the access token of a machine identity. */
export interface MachineActor {
  readonly kind: 'identity';
  readonly identityId: MachineIdentityId;
  readonly name: string;
  /** The id of the presented access token. */
  readonly tokenId: string;
  readonly organizationId: OrganizationId;
  /** The client secret that its token was issued for; `undefined` for the token from setting up the server. */
  readonly clientSecretId: string | undefined;
  /** Whether it can access every organization. */
  readonly isInstanceAdmin: boolean;
}

export type Actor = UserActor | MachineActor;

/** Where a request came from, for the audit trail. */
export interface ClientInfo {
  readonly ipAddress: string;
  readonly userAgent: string;
  /** Paths of unknown fields of the request, which the server ignored. */
  readonly ignoredFields?: readonly string[];
}

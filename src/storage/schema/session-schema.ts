import type { SessionEndReason } from '../../contract/audit-reasons.ts';
import type { Generated } from 'kysely';

import type { AuthMethod } from '../../contract/actor.ts';
import type { EmergencyUseKind } from '../../contract/enforcement.ts';

/** A session of a user. */
export interface SessionsTable {
  id: string;
  user_id: string;
  organization_id: string | null;
  auth_method: AuthMethod;
  connection_id: string | null;
  /** Of the secret that all refresh tokens of the session share. */
  family_hash: string;
  /** Of the current refresh token. */
  refresh_hash: string;
  refresh_count: number;
  /** JSON: the refresh tokens that were exchanged in the last seconds, hashed, newest last. */
  spent_refresh_tokens: Generated<string>;
  /** Where the sign-in that started the session leads, sealed for the `state` of that sign-in: it cannot be resealed. */
  continuation: Generated<string | null>;
  ip_address: string;
  user_agent: string;
  /** When the user signed in. A session that was exchanged for another keeps it. */
  authenticated_at: number;
  last_used_at: number;
  expires_at: number;
  ended_at: number | null;
  end_reason: SessionEndReason | null;
  created_at: number;
  /** SHA-256 of the cookie with which the browser signs in to applications. */
  browser_hash: Generated<string | null>;
  /** The identity that the identity provider asserted, and its `acr`, `amr` (JSON) and `auth_time`. */
  idp_issuer: Generated<string | null>;
  idp_subject: Generated<string | null>;
  idp_acr: Generated<string | null>;
  idp_amr: Generated<string | null>;
  idp_authenticated_at: Generated<number | null>;
}

/** How many password attempts, or attempts with a break-glass code, were made since `started_at`. */
export interface PasswordAttemptCountsTable {
  /** SHA-256, in hex, of the account and the network. */
  key: string;
  count: number;
  started_at: number;
}

/** A network from which an account signed in with its password. */
export interface KnownNetworksTable {
  /** SHA-256, in hex, of the account and the network. */
  key: string;
  last_used_at: number;
}

/** A one-time code that lets an admin sign in although single sign-on is enforced. */
export interface BreakGlassCodesTable {
  id: string;
  organization_id: string;
  user_id: string;
  /** Covers the owner, so that one code has another hash for each owner. */
  code_hash: string;
  used_at: number | null;
  created_at: number;
}

/** A session that bypassed enforced single sign-on. */
export interface EmergencyUsesTable {
  id: string;
  organization_id: string;
  kind: EmergencyUseKind;
  user_id: string;
  email: string;
  session_id: string;
  ip_address: string;
  user_agent: string;
  created_at: number;
}

/** How far an admin has read the list of emergency uses. */
export interface EmergencyUseReadersTable {
  organization_id: string;
  user_id: string;
  seen_until_at: number;
}

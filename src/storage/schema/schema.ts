import type { Generated } from 'kysely';

import type { AuthMethod } from '../../contract/actor.ts';
import type { SignatureAlgorithm } from '../../contract/algorithms.ts';
import type { EmergencyUseKind } from '../../contract/enforcement.ts';
import type { EmailDomainStatus } from '../../contract/email-domains.ts';
import type { GroupNameMatching } from '../../contract/connection-option-values.ts';
import type { ConfigurationType } from '../../contract/oidc-config.ts';
import type { ProvisioningPolicy } from '../../contract/organizations.ts';
import type { Role } from '../../contract/shapes.ts';
import type { InvitationsTable, MailOutboxTable } from './admission-schema.ts';
import type { ClientKeysTable } from './client-keys-schema.ts';
import type { AuditEventsTable, AuditHeadsTable, AuditKeysTable, AuditWebhooksTable } from './audit-schema.ts';
import type { DeletedOrganizationsTable, OperatorDomainsTable } from './operator-schema.ts';
import type { RelinkableIssuersTable, UserIdentitiesTable } from './linking-schema.ts';
import type { AttemptCountsTable, KnownNetworksTable, UniversalAuthFailuresTable } from './lockout-schema.ts';
import type { LoginAttemptsTable, RefusedAttemptCountsTable } from './login-attempts-schema.ts';
import type { Bit } from './codecs.ts';

/**
 * The rows of every table, alike on both engines. Text is text, `*_at` is milliseconds since the Unix epoch, a boolean
 * is a {@link Bit}, and columns that are named for lists or metadata hold JSON. Names are those of the database.
 */
export interface Schema {
  server_state: ServerStateTable;
  data_keys: DataKeysTable;
  data_key_seals: DataKeySealsTable;
  signing_keys: SigningKeysTable;
  organizations: OrganizationsTable;
  users: UsersTable;
  memberships: MembershipsTable;
  user_identities: UserIdentitiesTable;
  deleted_organizations: DeletedOrganizationsTable;
  relinkable_issuers: RelinkableIssuersTable;
  groups: GroupsTable;
  group_memberships: GroupMembershipsTable;
  machine_identities: MachineIdentitiesTable;
  universal_auths: UniversalAuthsTable;
  universal_auth_failures: UniversalAuthFailuresTable;
  client_secrets: ClientSecretsTable;
  machine_tokens: MachineTokensTable;
  oidc_configs: OidcConfigsTable;
  sessions: SessionsTable;
  login_attempts: LoginAttemptsTable;
  refused_attempt_counts: RefusedAttemptCountsTable;
  audit_events: AuditEventsTable;
  break_glass_codes: BreakGlassCodesTable;
  emergency_uses: EmergencyUsesTable;
  emergency_use_readers: EmergencyUseReadersTable;
  attempt_counts: AttemptCountsTable;
  known_networks: KnownNetworksTable;
  email_domains: EmailDomainsTable;
  operator_domains: OperatorDomainsTable;
  audit_heads: AuditHeadsTable;
  audit_keys: AuditKeysTable;
  client_keys: ClientKeysTable;
  invitations: InvitationsTable;
  mail_outbox: MailOutboxTable;
  audit_webhooks: AuditWebhooksTable;
}

/** Facts about the server as a whole, one a key. */
export interface ServerStateTable {
  key: string;
  value: string;
}

/** The keys that seal secrets. The newest of those whose time has come is the one that seals; the others open. */
export interface DataKeysTable {
  id: string;
  created_at: number;
  active_from_at: Generated<number>;
  retired_at: number | null;
}

/** Data keys, sealed by the operator's root keys: each by the current one, and by the one before while it may be needed. */
export interface DataKeySealsTable {
  data_key_id: string;
  root_key_id: string;
  sealed_key: string;
  created_at: number;
}

/** The keys that sign tokens. `id` is the `kid` of the published key (RFC 7517, section 4.5). A private half that was deleted is the empty text. */
export interface SigningKeysTable {
  id: string;
  algorithm: string;
  public_jwk: string;
  sealed_private_jwk: string;
  created_at: number;
  active_from_at: number;
  retired_at: number | null;
  verify_until_at: number | null;
}

export interface OrganizationsTable {
  id: string;
  name: string;
  slug: string;
  auth_enforced: Bit;
  bypass_org_auth_enabled: Bit;
  default_membership_role: Role;
  user_token_expiration: string;
  provisioning_policy: Generated<ProvisioningPolicy>;
  created_at: number;
  updated_at: number;
}

/**
 * People. `email_key` is the address in the form that is compared; it is not unique, since two organizations' identity
 * providers may assert one address, and that alone does not make them one person. Among those with a password it is.
 */
export interface UsersTable {
  id: string;
  username: string;
  email: string;
  email_key: string;
  first_name: string;
  last_name: string;
  is_email_verified: Bit;
  is_super_admin: Bit;
  password_hash: string | null;
  created_at: number;
  updated_at: number;
}

export interface MembershipsTable {
  id: string;
  organization_id: string;
  user_id: string;
  role: Role;
  status: string;
  email_key: string;
  is_active: Bit;
  source: 'sso' | 'manual' | 'bootstrap';
  created_at: number;
  updated_at: number;
  last_login_method: string | null;
  last_login_at: number | null;
}

export interface GroupsTable {
  id: string;
  organization_id: string;
  name: string;
  slug: string;
  role: Role;
  created_at: number;
  updated_at: number;
}

export interface GroupMembershipsTable {
  group_id: string;
  user_id: string;
  organization_id: string;
  source: 'manual' | 'idp';
  created_at: number;
}

export interface MachineIdentitiesTable {
  id: string;
  organization_id: string;
  name: string;
  role: Role;
  is_instance_admin: Bit;
  created_at: number;
  updated_at: number;
  /** Who gave it its role; `null` for the identity that setting up the server makes. */
  granter_kind: Generated<'user' | 'identity' | null>;
  granter_id: Generated<string | null>;
  /** The sign-in method of a person, or the id of the client secret behind a machine identity's token. */
  granter_proof: Generated<string | null>;
  granted_at: Generated<number | null>;
}

/** How a machine identity logs in, and what its tokens may do. The two `*_trusted_ips` are JSON lists. */
export interface UniversalAuthsTable {
  id: string;
  identity_id: string;
  client_id: string;
  access_token_ttl_seconds: number;
  access_token_max_ttl_seconds: number;
  access_token_num_uses_limit: number;
  access_token_trusted_ips: string;
  client_secret_trusted_ips: string;
  lockout_enabled: Bit;
  lockout_threshold: number;
  lockout_duration_seconds: number;
  lockout_counter_reset_seconds: number;
  failed_count: number;
  last_failed_at: number | null;
  locked_until_at: number | null;
  created_at: number;
  updated_at: number;
}

export interface ClientSecretsTable {
  id: string;
  universal_auth_id: string;
  secret_hash: string;
  prefix: string;
  description: string;
  num_uses: number;
  num_uses_limit: number;
  ttl_seconds: number;
  is_revoked: Bit;
  last_used_at: number | null;
  created_at: number;
  updated_at: number;
  /** Who made it, as in {@link MachineIdentitiesTable}. */
  granter_kind: Generated<'user' | 'identity' | null>;
  granter_id: Generated<string | null>;
  granter_proof: Generated<string | null>;
}

/** Access tokens of machine identities. `id` is the token's `jti` (RFC 7519, section 4.1.7). */
export interface MachineTokensTable {
  id: string;
  identity_id: string;
  client_secret_id: string | null;
  ttl_seconds: number;
  max_ttl_seconds: number;
  num_uses: number;
  num_uses_limit: number;
  created_at: number;
  renewed_at: number | null;
  expires_at: number;
  is_revoked: Bit;
}

export interface OidcConfigsTable {
  id: string;
  organization_id: string;
  revision: number;
  configuration_type: ConfigurationType;
  issuer: string;
  authorization_endpoint: string;
  discovery_url: string;
  jwks_uri: string;
  token_endpoint: string;
  userinfo_endpoint: string;
  client_id: string;
  sealed_client_secret: string;
  is_active: Bit;
  allowed_email_domains: string;
  manage_group_memberships: Bit;
  jwt_signature_algorithm: SignatureAlgorithm;
  group_name_matching: Generated<GroupNameMatching>;
  options: Generated<string>;
  /** The token endpoint's origin, and the issuer, of the document when it was first read. */
  token_origin: Generated<string | null>;
  pinned_issuer: Generated<string | null>;
  last_sign_in_at: number | null;
  created_at: number;
  updated_at: number;
}

/** Sessions of people. `family_hash` is of the secret that all refresh tokens of a session share, `refresh_hash` of the current one. */
export interface SessionsTable {
  id: string;
  user_id: string;
  organization_id: string | null;
  auth_method: AuthMethod;
  oidc_config_id: string | null;
  family_hash: string;
  refresh_hash: string;
  refresh_count: number;
  ip_address: string;
  user_agent: string;
  created_at: number;
  last_used_at: number;
  expires_at: number;
  ended_at: number | null;
  end_reason: string | null;
  /** When the person last proved who they are; a session that was exchanged for another keeps the moment. */
  authenticated_at: Generated<number>;
  /** JSON: the refresh tokens that were exchanged in the last seconds, hashed, newest last. */
  spent_tokens: Generated<string>;
  /** Where the sign-in that made it leads, sealed for that sign-in's `state`. */
  sign_in_onward: Generated<string | null>;
}

/** One-time codes by which an admin gets in although single sign-on is enforced. `code_hash` tells owners apart too. */
export interface BreakGlassCodesTable {
  id: string;
  organization_id: string;
  user_id: string;
  code_hash: string;
  created_at: number;
  used_at: number | null;
}

/** Sessions that passed an enforcement without the identity provider, one row each. */
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

/** Up to when an admin has seen what is in `emergency_uses`. */
export interface EmergencyUseReadersTable {
  organization_id: string;
  user_id: string;
  seen_until_at: number;
}

/** A claim of an organization to a domain of e-mail addresses, and what DNS said of it last. */
export interface EmailDomainsTable {
  id: string;
  organization_id: string;
  domain: string;
  status: EmailDomainStatus;
  record_name: string;
  record_value: string;
  /** `null` while the domain is proved: what stands in DNS then is the proof, and it does not age. */
  code_expires_at: number | null;
  verified_at: number | null;
  /** When the record was last found. */
  last_seen_at: number | null;
  last_checked_at: number | null;
  grace_ends_at: number | null;
  next_check_at: number | null;
  revision: number;
  created_at: number;
  updated_at: number;
}

import type { Generated } from 'kysely';

import type { ProvisioningPolicy } from '../../contract/organizations.ts';
import type { Role } from '../../contract/shapes.ts';
import type { Bit } from './codecs.ts';

/** An organization. */
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

/** A deleted organization. Its audit trail is kept, and only an instance admin may give its slug to another one. */
export interface DeletedOrganizationsTable {
  id: string;
  name: string;
  slug: string;
  deleted_at: number;
}

/** A user. */
export interface UsersTable {
  id: string;
  username: string;
  email: string;
  /** The address in the form that is compared. It is unique only among users with a password. */
  email_key: string;
  first_name: string;
  last_name: string;
  is_email_verified: Bit;
  is_instance_admin: Bit;
  password_hash: string | null;
  created_at: number;
  updated_at: number;
}

/** A member: a user in an organization. */
export interface MembershipsTable {
  id: string;
  organization_id: string;
  user_id: string;
  role: Role;
  status: string;
  email_key: string;
  is_active: Bit;
  source: 'sso' | 'manual' | 'bootstrap';
  last_login_method: string | null;
  last_login_at: number | null;
  created_at: number;
  updated_at: number;
}

/** A user's identity at an identity provider. */
export interface UserIdentitiesTable {
  id: string;
  organization_id: string;
  user_id: string;
  issuer: string;
  subject: string;
  /** SHA-256, in hex, of organization, issuer and subject. */
  identity_key: string;
  last_login_at: number;
  /** Until when the member's next sign-in may replace it with another identity. */
  relink_until_at: Generated<number | null>;
  relink_granter_kind: Generated<'user' | 'identity' | null>;
  relink_granter_id: Generated<string | null>;
  relink_granter_proof: Generated<string | null>;
  /** Whether machine identities keep the roles and secrets that the member gave them. */
  relink_keeps_machine_access: Generated<Bit>;
  created_at: number;
}

/** Permission to relink every identity of one issuer. */
export interface RelinkableIssuersTable {
  organization_id: string;
  issuer: string;
  until_at: number;
  granter_kind: 'user' | 'identity';
  granter_id: string;
  granter_proof: Generated<string | null>;
  keeps_machine_access: Generated<Bit>;
}

/** A group of members. */
export interface GroupsTable {
  id: string;
  organization_id: string;
  name: string;
  slug: string;
  role: Role;
  created_at: number;
  updated_at: number;
}

/** A user in a group. */
export interface GroupMembershipsTable {
  group_id: string;
  user_id: string;
  organization_id: string;
  source: 'manual' | 'idp';
  created_at: number;
}

import { actorKind, bit, organizationId, role, timestamps, userId } from './column-kinds.ts';

/** Organizations, users and groups. */
export const directoryTables = [
  // An organization. Its rows in other tables are deleted with it, except its audit trail.
  `create table organizations (
    id text primary key not null,
    name text not null,
    slug text not null unique,
    ${bit('auth_enforced')},
    ${bit('bypass_org_auth_enabled')},
    ${role('default_membership_role')},
    user_token_expiration text not null,
    provisioning_policy text not null default 'just-in-time',
    ${timestamps}
  )`,

  // A deleted organization: an instance admin finds its audit trail by this row, and only an instance admin may give its
  // slug to another organization, because bookmarks of the former members still use it.
  `create table deleted_organizations (
    id text primary key not null,
    name text not null,
    slug text not null,
    deleted_at bigint not null
  )`,
  `create index deleted_organizations_by_slug on deleted_organizations (slug)`,

  // A user. `email_key` is the e-mail address in the form that is compared. It is unique only among users with a
  // password: identity providers of two organizations may assert one address without meaning the same user.
  `create table users (
    id text primary key not null,
    username text not null,
    email text not null,
    email_key text not null,
    first_name text not null,
    last_name text not null,
    ${bit('is_email_verified')},
    ${bit('is_instance_admin')},
    password_hash text,
    ${timestamps}
  )`,
  `create index users_by_email_key on users (email_key)`,
  `create unique index users_with_password on users (email_key) where password_hash is not null`,
  `create index users_by_username on users (username)`,

  // A member: a user in an organization. The indexes serve the list of members, which is sorted by e-mail address, and the
  // question whether the organization still has an active admin.
  `create table memberships (
    id text primary key not null,
    ${organizationId},
    ${userId},
    ${role('role')},
    status text not null,
    email_key text not null,
    ${bit('is_active')},
    source text not null check (source in ('sso', 'manual', 'bootstrap')),
    last_login_method text,
    last_login_at bigint,
    ${timestamps},
    unique (organization_id, user_id),
    unique (organization_id, email_key)
  )`,
  `create index memberships_by_user on memberships (user_id)`,
  `create index memberships_by_activity on memberships (organization_id, is_active, email_key)`,
  `create index memberships_by_role on memberships (organization_id, role, is_active)`,

  // A user's identity at an identity provider. `identity_key` is a hash of organization, issuer and subject, because the
  // three together may be longer than an index row of PostgreSQL (2,704 bytes). While `relink_until_at` has not passed,
  // the member's next sign-in may replace the identity with another one.
  `create table user_identities (
    id text primary key not null,
    ${organizationId},
    ${userId},
    issuer text not null,
    subject text not null,
    identity_key text not null unique,
    last_login_at bigint not null,
    relink_until_at bigint,
    ${actorKind('relink_granter_kind')},
    relink_granter_id text,
    relink_granter_proof text,
    relink_keeps_machine_access smallint not null default 0 check (relink_keeps_machine_access in (0, 1)),
    created_at bigint not null
  )`,
  `create index user_identities_by_user on user_identities (user_id)`,
  `create index user_identities_by_issuer on user_identities (organization_id, issuer)`,
  `create index user_identities_relinkable on user_identities (organization_id, user_id)
    where relink_until_at is not null`,

  // Permission to relink every identity of one issuer. It is one row however many members there are, so that an admin of
  // a hundred thousand members does not make everyone wait for as many writes.
  `create table relinkable_issuers (
    ${organizationId},
    issuer text not null,
    until_at bigint not null,
    granter_kind text not null check (granter_kind in ('user', 'identity')),
    granter_id text not null,
    granter_proof text,
    keeps_machine_access smallint not null default 0 check (keeps_machine_access in (0, 1)),
    primary key (organization_id, issuer)
  )`,

  // A group of members, which has a role.
  `create table groups (
    id text primary key not null,
    ${organizationId},
    name text not null,
    slug text not null,
    ${role('role')},
    ${timestamps},
    unique (organization_id, slug),
    unique (organization_id, name)
  )`,
  `create index groups_by_role on groups (organization_id, role)`,

  // A user in a group, added by an admin or by the groups claim of the identity provider.
  `create table group_memberships (
    group_id text not null references groups (id) on delete cascade,
    ${userId},
    organization_id text not null,
    source text not null check (source in ('manual', 'idp')),
    created_at bigint not null,
    primary key (group_id, user_id)
  )`,
  `create index group_memberships_by_user on group_memberships (organization_id, user_id)`,
];

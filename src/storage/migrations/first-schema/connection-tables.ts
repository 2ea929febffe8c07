import { bit, count, timestamps } from './column-kinds.ts';

/** Connections to identity providers. */
export const connectionTables = [
  // A connection: an organization's settings for its identity provider. `revision` grows with every change. `options` is a
  // JSON object of the options that differ from their defaults, so that a new option needs no migration.
  // `token_endpoint_origin` and `pinned_issuer` are those of the discovery document when it was first read, until an admin
  // changes the secret or the URL. Without them, a restart would accept a document that now names another host or issuer.
  `create table connections (
    id text primary key not null,
    organization_id text not null unique references organizations (id) on delete cascade,
    ${count('revision')},
    ${bit('is_active')},
    configuration_type text not null check (configuration_type in ('custom', 'discoveryURL')),
    discovery_url text not null,
    issuer text not null,
    authorization_endpoint text not null,
    token_endpoint text not null,
    userinfo_endpoint text not null,
    jwks_uri text not null,
    jwt_signature_algorithm text not null,
    client_id text not null,
    sealed_client_secret text not null,
    allowed_email_domains text not null,
    ${bit('manage_group_memberships')},
    group_name_matching text not null default 'exact' check (group_name_matching in ('exact', 'case-insensitive')),
    options text not null default '{}',
    token_endpoint_origin text,
    pinned_issuer text,
    last_sign_in_at bigint,
    ${timestamps}
  )`,

  // A key pair of a client that authenticates with `private_key_jwt`. The server publishes the public key at once, signs
  // with it from `active_from_at` and publishes it until `publish_until_at`. The private key is sealed for `destination`:
  // the organization and the token endpoint. `certificate` is PEM: Entra ID and AD FS identify a key by its certificate.
  `create table client_keys (
    id text primary key not null,
    connection_id text not null references connections (id) on delete cascade,
    destination text not null,
    public_jwk text not null,
    sealed_private_jwk text not null,
    certificate text,
    active_from_at bigint not null,
    publish_until_at bigint,
    created_at bigint not null
  )`,
  `create index client_keys_by_connection on client_keys (connection_id)`,
  `create index client_keys_by_end on client_keys (publish_until_at) where publish_until_at is not null`,
];

import { type Kysely, sql } from 'kysely';

import { bit, timestamps } from './first-schema/column-kinds.ts';
import { forEngine } from './for-engine.ts';

/**
 * Adds the applications that sign their users in through this server, as clients of its OpenID Provider, with the tokens
 * that they get.
 */
export async function addApplications(db: Kysely<unknown>, engine: 'sqlite' | 'postgres'): Promise<void> {
  for (const statement of tables) await sql.raw(forEngine(statement, engine)).execute(db);
}

const oneOf = (column: string, values: readonly string[]) =>
  `${column} text not null check (${column} in (${values.map((value) => `'${value}'`).join(', ')}))`;

const tables = [
  // A client of the OpenID Provider. Without an organization it is the operator's, and `reach` says whose members may use
  // it. The `*_uris`, `allowed_groups` and `jwks` are JSON. `allowed_groups` is null if every member may use it.
  `create table applications (
    id text primary key not null,
    client_id text not null unique,
    organization_id text references organizations (id) on delete cascade,
    name text not null,
    ${oneOf('kind', ['web', 'native', 'spa', 'machine'])},
    redirect_uris text not null,
    post_logout_redirect_uris text not null,
    backchannel_logout_uri text,
    initiate_login_uri text,
    ${oneOf('token_endpoint_auth_method', ['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none'])},
    jwks_uri text,
    jwks text,
    ${oneOf('id_token_algorithm', ['RS256', 'ES256', 'EdDSA'])},
    ${oneOf('reach', ['all', 'listed'])},
    allowed_groups text,
    ${oneOf('groups_claim', ['none', 'names', 'ids'])},
    ${oneOf('refresh_tokens', ['none', 'session', 'standalone'])},
    ${oneOf('pkce', ['required', 'optional'])},
    ${bit('require_consent')},
    ${bit('device_grant')},
    revision bigint not null,
    ${timestamps}
  )`,
  `create index applications_by_owner on applications (organization_id, name, id)`,
  `create index applications_by_name on applications (name, id)`,

  // An organization whose members may use an application of the operator, if its `reach` is `listed`.
  `create table application_organizations (
    application_id text not null references applications (id) on delete cascade,
    organization_id text not null references organizations (id) on delete cascade,
    primary key (application_id, organization_id)
  )`,
  `create index application_organizations_by_organization on application_organizations (organization_id)`,

  // A client secret, stored as a SHA-256.
  `create table application_secrets (
    id text primary key not null,
    application_id text not null references applications (id) on delete cascade,
    secret_hash text not null,
    last_four text not null,
    expires_at bigint,
    created_at bigint not null
  )`,
  `create index application_secrets_by_application on application_secrets (application_id)`,

  // The identifier of an API (RFC 8707) that an application offers. `owner` is the id of the application's organization,
  // or empty for the operator: an identifier names one API of an owner.
  `create table application_resources (
    owner text not null,
    identifier text not null,
    application_id text not null references applications (id) on delete cascade,
    primary key (owner, identifier)
  )`,
  `create index application_resources_by_application on application_resources (application_id)`,

  // A session of which an application knows, by the `sid` that its tokens contain.
  `create table application_sessions (
    session_id text not null references sessions (id) on delete cascade,
    application_id text not null references applications (id) on delete cascade,
    sid text not null unique,
    created_at bigint not null,
    last_used_at bigint not null,
    primary key (session_id, application_id)
  )`,
  `create index application_sessions_by_application on application_sessions (application_id)`,

  // A code, a token or a pushed authorization request that the OpenID Provider issued. `token_hash` is the SHA-256 of its
  // value. `payload` is JSON, without the value. One of a user has a session.
  `create table application_tokens (
    token_hash text primary key not null,
    model text not null,
    application_id text not null references applications (id) on delete cascade,
    session_id text references sessions (id) on delete cascade,
    payload text not null,
    consumed_at bigint,
    expires_at bigint not null,
    created_at bigint not null
  )`,
  `create index application_tokens_by_session on application_tokens (session_id, application_id)`,
  `create index application_tokens_by_application on application_tokens (application_id)`,
  `create index application_tokens_by_expiry on application_tokens (expires_at)`,

  // The session with which a browser signs in to applications of its organization, by the SHA-256 of a cookie, and what
  // the identity provider said about the authentication. `idp_amr` is JSON.
  `alter table sessions add column browser_hash text`,
  `alter table sessions add column idp_issuer text`,
  `alter table sessions add column idp_subject text`,
  `alter table sessions add column idp_acr text`,
  `alter table sessions add column idp_amr text`,
  `alter table sessions add column idp_authenticated_at bigint`,
  `create unique index sessions_by_browser on sessions (browser_hash) where browser_hash is not null`,
];

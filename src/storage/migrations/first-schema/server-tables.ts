/** The server's own state and keys. */
export const serverTables = [
  // A fact about the server as a whole.
  `create table server_state (key text primary key not null, value text not null)`,

  // A key that seals secrets. The newest key whose `active_from_at` has passed seals; the others only open.
  `create table data_keys (
    id text primary key not null,
    active_from_at bigint not null,
    retired_at bigint,
    created_at bigint not null
  )`,

  // A data key, sealed by one root key. While the operator replaces the root key, each data key has two rows, so that
  // every node can open it with either root key.
  `create table data_key_seals (
    data_key_id text not null references data_keys (id) on delete cascade,
    root_key_id text not null,
    sealed_key text not null,
    created_at bigint not null,
    primary key (data_key_id, root_key_id)
  )`,

  // A key pair that signs access tokens. The server publishes it before `active_from_at` and until `verify_until_at`,
  // when the last token that it signed has expired. A deleted private key is the empty text.
  `create table signing_keys (
    id text primary key not null,
    algorithm text not null,
    public_jwk text not null,
    sealed_private_jwk text not null,
    active_from_at bigint not null,
    retired_at bigint,
    verify_until_at bigint,
    created_at bigint not null
  )`,
];

/** Attempts to sign in, counted from `started_at`. `key`: SHA-256, in hex, of what they are counted for. */
export interface AttemptCountsTable {
  key: string;
  count: number;
  started_at: number;
}

/** Failed logins with a machine's client id from one network. `network_hash`: SHA-256, in hex. */
export interface UniversalAuthFailuresTable {
  universal_auth_id: string;
  network_hash: string;
  failed_count: number;
  last_failed_at: number;
  locked_until_at: number | null;
}

/** Networks from which an account signed in with its password. `key`: SHA-256, in hex, of both. */
export interface KnownNetworksTable {
  key: string;
  last_used_at: number;
}

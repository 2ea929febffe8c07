// better-auth as its documentation configures it for organizations with their own OpenID providers: the organization
// and sso
// plugins, PKCE, and sign-up at the first sign-in. Features that would only cost time here are off: its rate limit, its
// telemetry and its log of successes. Its database is as durable as the others': SQLite with a write-ahead log that is
// synced at
// each commit, or PostgreSQL with a pool of ten.
import { DatabaseSync } from 'node:sqlite';

import { sso } from '@better-auth/sso';
import { betterAuth } from 'better-auth';
import { organization } from 'better-auth/plugins';
import pg from 'pg';

/** @param {{ databaseUrl: string, origin: string, idpOrigin: string }} options */
export function createAuth({ databaseUrl, origin, idpOrigin }) {
  const database = openDatabase(databaseUrl);
  const options = {
    baseURL: origin,
    secret: 'bench-only-secret-of-sufficient-length-4d1c',
    database,
    trustedOrigins: [origin, idpOrigin],
    rateLimit: { enabled: false },
    telemetry: { enabled: false },
    logger: { level: 'error' },
    emailAndPassword: { enabled: true },
    plugins: [organization(), sso()],
  };
  return { auth: betterAuth(options), options, database };
}

/** @param {string} url */
function openDatabase(url) {
  if (!url.startsWith('sqlite:')) return new pg.Pool({ connectionString: url, max: 10 });
  const database = new DatabaseSync(url.slice('sqlite:'.length));
  database.exec('pragma journal_mode = wal; pragma synchronous = full; pragma busy_timeout = 5000');
  return database;
}

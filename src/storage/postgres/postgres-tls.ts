import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import type { ConnectionOptions } from 'node:tls';

import { StorageStartError } from '../start-error.ts';

/** Where a database is, and how the way there is protected. */
interface PostgresPlace {
  /** The URL without what it says about TLS. */
  readonly connectionString: string;
  /** `undefined` when the URL says nothing. */
  readonly ssl: ConnectionOptions | false | undefined;
}

const tlsParameters = ['sslmode', 'sslrootcert', 'sslcert', 'sslkey'] as const;

/** What libpq calls them. All but the first verify the certificate and its host name, whatever libpq would do. */
const modes = ['disable', 'prefer', 'require', 'verify-ca', 'verify-full'] as const;

/**
 * Reads TLS from a database URL: `sslmode`, and the files `sslrootcert`, `sslcert` and `sslkey` (PostgreSQL manual,
 * section 34.19). The driver would do so too, but with a warning on the console for the modes that it takes for
 * `verify-full`.
 *
 * @throws {StorageStartError} for a mode that is none, and for a file that cannot be read.
 */
export function readPostgresTls(url: string): PostgresPlace {
  const parsed = URL.parse(url);
  if (parsed === null) return { connectionString: url, ssl: undefined };
  const [mode, rootCert, cert, key] = tlsParameters.map((name) => parsed.searchParams.get(name));
  if (mode === null && rootCert === null && cert === null && key === null) {
    return { connectionString: url, ssl: undefined };
  }
  if (mode !== null && !modes.some((known) => known === mode)) {
    throw new StorageStartError(`sslmode in DATABASE_URL must be one of ${modes.join(', ')}.`);
  }
  for (const name of tlsParameters) parsed.searchParams.delete(name);
  const connectionString = parsed.href;
  if (mode === 'disable') return { connectionString, ssl: false };
  const { hostname } = parsed;
  return {
    connectionString,
    ssl: {
      // A name is told to the server by the driver; an address is compared with the certificate only if it is given here.
      ...(isIP(hostname) > 0 ? { host: hostname } : {}),
      ...(rootCert === null || rootCert === 'system' ? {} : { ca: readPem(rootCert, 'sslrootcert') }),
      ...(cert === null ? {} : { cert: readPem(cert, 'sslcert') }),
      ...(key === null ? {} : { key: readPem(key, 'sslkey') }),
    },
  };
}

function readPem(file: string | undefined, parameter: string): string {
  try {
    return readFileSync(file ?? '', 'utf8');
  } catch (cause) {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown reason';
    throw new StorageStartError(`Cannot read a file that DATABASE_URL names: ${parameter}=${file} (${code}).`, {
      cause,
    });
  }
}

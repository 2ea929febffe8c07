import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import type { ConnectionOptions } from 'node:tls';

import { StorageStartError } from '../start-error.ts';

/** The address of a database, and its TLS settings. */
interface PostgresPlace {
  /** The URL without its TLS parameters. */
  readonly connectionString: string;
  /** `undefined` if the URL has no TLS parameters. */
  readonly ssl: ConnectionOptions | false | undefined;
}

const tlsParameters = ['sslmode', 'sslrootcert', 'sslcert', 'sslkey'] as const;

/** libpq's names. All but the first verify the certificate and its host name, even where libpq would not. */
const modes = ['disable', 'prefer', 'require', 'verify-ca', 'verify-full'] as const;

/**
 * Reads TLS settings from a database URL: `sslmode`, and the files `sslrootcert`, `sslcert` and `sslkey` (PostgreSQL
 * manual,
 * section 34.19). The driver could do it too, but it prints a warning for the modes that it treats as `verify-full`.
 *
 * @throws {StorageStartError} for an unknown mode, and for a file that cannot be read.
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
      // The driver sends a host name to the server. An address is compared with the certificate only if it is set here.
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

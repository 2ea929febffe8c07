/** The error for an operator about a PostgreSQL that cannot be used at the start: where it is, and what to change. */
export function describePostgresFault(url: string, cause: unknown): string {
  return `Cannot use the PostgreSQL database at ${whereIs(url)}: ${reasonOf(cause)}.`;
}

/** The location of a database, without user and password. */
export function whereIs(url: string): string {
  const parsed = URL.parse(url);
  return parsed === null ? 'the given address' : `${parsed.host}${parsed.pathname}`;
}

/** By the error codes of the operating system, of the resolver, and of PostgreSQL (its manual, appendix A). */
const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'no server listens there; start it, or correct host and port in DATABASE_URL',
  ECONNRESET: 'it closed the connection; see its log',
  ETIMEDOUT: 'it does not respond; check for a firewall in between',
  EHOSTUNREACH: 'its host cannot be reached',
  ENETUNREACH: 'its host cannot be reached',
  ENOTFOUND: 'the name of its host is unknown; correct it in DATABASE_URL',
  EAI_AGAIN: 'the name of its host could not be looked up',
  ENOENT: 'DATABASE_URL names a file, of a certificate or a socket, that does not exist',
  EACCES: 'DATABASE_URL names a file that this user may not read',
  '28P01': 'it rejects the password in DATABASE_URL',
  '28000': 'it rejects the user in DATABASE_URL; see its pg_hba.conf',
  '3D000': 'it has no such database; create it, or correct the name in DATABASE_URL',
  '42501': 'the user in DATABASE_URL may not create tables there; make that user the owner of the database',
  '53300': 'it has no free connection; raise its max_connections',
  '57P03': 'it is still starting; try again in a moment',
  '25006': 'it accepts no writes: it is a standby, or read-only',
};

// The codes of OpenSSL's certificate verification that Node passes on.
const certificateCode = /^(?:CERT_|ERR_TLS_CERT_|SELF_SIGNED_|DEPTH_ZERO_|UNABLE_TO_|INVALID_CA|HOSTNAME_MISMATCH)/;

// The driver's error is the cause of the storage's error.
function reasonOf(thrown: unknown): string {
  const cause = rootCauseOf(thrown);
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  if (certificateCode.test(code)) {
    return `its certificate is not trusted (${code}); name its authority with sslrootcert in DATABASE_URL`;
  }
  return reasons[code] ?? `check that it runs and that DATABASE_URL is right${code === '' ? '' : ` (${code})`}`;
}

function rootCauseOf(thrown: unknown): unknown {
  let cause = thrown;
  while (cause instanceof Error && cause.cause !== undefined) cause = cause.cause;
  return cause;
}

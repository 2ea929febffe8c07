/** What an operator is told of a PostgreSQL that cannot be used at the start: where it is, and what to change. */
export function describePostgresFault(url: string, cause: unknown): string {
  return `Cannot use the PostgreSQL database at ${whereIs(url)}: ${reasonOf(cause)}.`;
}

/** Where a database is, without the user and the password. */
export function whereIs(url: string): string {
  const parsed = URL.parse(url);
  return parsed === null ? 'the given address' : `${parsed.host}${parsed.pathname}`;
}

/** By the codes of the operating system, of the resolver, and of PostgreSQL (its manual, appendix A). */
const reasons: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nobody listens there; start it, or correct host and port in DATABASE_URL',
  ECONNRESET: 'it hung up; see its log',
  ETIMEDOUT: 'it does not answer; see whether a firewall is in between',
  EHOSTUNREACH: 'there is no way to its host',
  ENETUNREACH: 'there is no way to its host',
  ENOTFOUND: 'the name of its host is not known; correct it in DATABASE_URL',
  EAI_AGAIN: 'the name of its host could not be looked up',
  ENOENT: 'a file that DATABASE_URL names, of a certificate or a socket, is not there',
  EACCES: 'a file that DATABASE_URL names may not be read by this user',
  '28P01': 'it does not take the password in DATABASE_URL',
  '28000': 'it does not let the user in DATABASE_URL in; see its pg_hba.conf',
  '3D000': 'it has no such database; create it, or correct the name in DATABASE_URL',
  '42501': 'the user in DATABASE_URL may not make tables there; have the database belong to that user',
  '53300': 'it has no connection to spare; raise its max_connections',
  '57P03': 'it is still starting; try again in a moment',
  '25006': 'it takes no writes: it is a standby, or read-only',
};

// The codes of OpenSSL's certificate verification that Node passes on.
const certificateCode = /^(?:CERT_|ERR_TLS_CERT_|SELF_SIGNED_|DEPTH_ZERO_|UNABLE_TO_|INVALID_CA|HOSTNAME_MISMATCH)/;

// What the driver threw lies below what the storage made of it.
function reasonOf(thrown: unknown): string {
  const cause = rootCauseOf(thrown);
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : '';
  if (certificateCode.test(code)) {
    return `its certificate is not believed (${code}); name its authority with sslrootcert in DATABASE_URL`;
  }
  return reasons[code] ?? `check that it runs and that DATABASE_URL is right${code === '' ? '' : ` (${code})`}`;
}

function rootCauseOf(thrown: unknown): unknown {
  let cause = thrown;
  while (cause instanceof Error && cause.cause !== undefined) cause = cause.cause;
  return cause;
}

import type { UrlVerdict } from '../../outbound/outbound-policy.ts';
import { classifyAddress, parseAddress } from '../../outbound/address-class.ts';
import type { Contact, TlsFacts } from '../../outbound/guarded-probe.ts';
import { clockDifferenceMsMax } from '../../outbound/limits.ts';
import { certificateDaysWarned } from '../limits.ts';
import type { CheckedUrl, Contacted, TestFacts } from './facts.ts';
import { type Finding, skipped, skippedFor } from './finding.ts';

/** The operator's setting that would allow what the outbound policy rejects. */
const allowSetting = 'SALLYPORT_OUTBOUND_ALLOW';

/** What the admin entered: URLs that may be called, and a URL from which the document's URL follows. */
export function checkTypedUrls({ typed, connection, issuers }: TestFacts): Finding {
  const fault = typed.find(({ verdict }) => !(verdict?.ok ?? false));
  if (fault !== undefined) return refusedUrl(fault);
  if (connection.source.kind === 'discovery' && issuers.length === 0) {
    return {
      outcome: 'failed',
      expected: 'The issuer, or the URL of its document, which ends in /.well-known/openid-configuration',
      message: 'discoveryURL is neither an issuer nor the URL of a discovery document.',
      action:
        'Enter the issuer exactly as the identity provider shows it. If the provider has no such document, set configurationType to custom and enter its endpoints.',
    };
  }
  return { outcome: 'passed', message: 'The URLs are valid, and the outbound policy allows them.' };
}

/** What is wrong with a URL. The text does not depend on the address. */
export function refusedUrl({ field, verdict }: CheckedUrl): Finding {
  const reason = verdict === undefined || verdict.ok ? 'not_absolute' : verdict.reason;
  return {
    outcome: 'failed',
    expected: 'An https URL on port 443 of a host that this server may call',
    found: field,
    ...urlFaults[reason],
  };
}

const notAllowed = {
  message: "The server's outbound policy rejects the host.",
  action: `Enter a public host name, or ask the operator of this server to allow the host with ${allowSetting}.`,
};
const malformed = {
  message: 'This is not an absolute https URL.',
  action: 'Copy the URL again, including https://.',
};

type UrlFault = Extract<UrlVerdict, { ok: false }>['reason'];

const urlFaults: Readonly<Record<UrlFault, Pick<Finding, 'message' | 'action'>>> = {
  not_absolute: malformed,
  control_character: malformed,
  too_long: malformed,
  scheme: {
    message: 'The URL is not https.',
    action: `Enter the https URL, or ask the operator of this server to allow plain http for the host with ${allowSetting}.`,
  },
  credentials: { message: 'The URL contains a user name or a password.', action: 'Remove the part before the @.' },
  fragment: { message: 'The URL has a fragment.', action: 'Remove the # and everything after it.' },
  port: {
    message: 'The URL names another port than 443.',
    action: `Use port 443, or ask the operator of this server to allow the host and port with ${allowSetting}.`,
  },
  address: notAllowed,
  host_name: notAllowed,
};

/** The called hosts, in order. */
function contacts({ discovery, keys, token }: TestFacts): readonly Contacted[] {
  return [discovery, keys, token].filter((contacted) => contacted !== undefined);
}

/** Whether each host responds. The reason is not shown, because it would reveal the operator's network. */
export function checkReach(facts: TestFacts): Finding {
  const called = contacts(facts);
  if (called.length === 0) return skippedFor('url');
  const expected = 'A public name of a host that responds over https';
  const silent = called.filter(({ result }) => result.kind === 'unreachable');
  if (silent.length > 0) {
    return {
      outcome: 'failed',
      expected,
      found: hostsOf(silent),
      message: 'Not reachable from this server, or not allowed by its operator.',
      action: `Check the spelling of the host, and that it can be reached from the internet. If it is in a private network, the operator of this server must allow it with ${allowSetting}. The server's log has the exact reason under the id of this request.`,
    };
  }
  const found = called.map(({ url, result }) =>
    'addresses' in result && result.addresses.length > 0 ? `${url.host} (${shownAddresses(result)})` : url.host,
  );
  return { outcome: 'passed', expected, found: [...new Set(found)].join(', '), message: 'Each host responds.' };
}

// What a name means in the operator's network is not shown, even if it may be called.
function shownAddresses({ addresses }: Contact): string {
  const shown = addresses.filter(({ address }) => {
    const parsed = parseAddress(address);
    return parsed !== undefined && classifyAddress(parsed) === 'public';
  });
  return shown.length === addresses.length
    ? shown.map(({ address }) => address).join(', ')
    : 'an address that the operator allowed';
}

function hostsOf(called: readonly Contacted[]): string {
  return [...new Set(called.map(({ url }) => url.host))].join(', ');
}

/** The certificates of all called hosts. */
export function checkTls(facts: TestFacts): Finding {
  const called = contacts(facts);
  if (called.length === 0) return skippedFor('url');
  const expected = `TLS 1.2 or newer, and a certificate for the host that is valid for ${certificateDaysWarned} days or more`;
  for (const { url, result } of called) {
    if (result.kind === 'tls_refused') {
      const names = result.names === undefined ? '' : `; the certificate is for ${result.names}`;
      const found = `${url.host}: ${result.reason}${names}`;
      return { outcome: 'failed', expected, found, ...(certificateFaults[result.reason] ?? otherFault) };
    }
  }
  const reached = called.filter(({ result }) => 'tls' in result);
  if (reached.length === 0) return skippedFor('dns');
  const found = [...new Set(reached.map(describeTls))].join('; ');
  if (reached.some((contacted) => daysLeft(contacted) < certificateDaysWarned)) {
    return {
      outcome: 'warning',
      expected,
      found,
      message: 'A certificate expires soon. After that, no member can sign in.',
      action: 'Renew the certificate, and find out why it was not renewed automatically.',
    };
  }
  if (reached.some((contacted) => tlsOf(contacted) === undefined)) {
    return {
      outcome: 'warning',
      expected,
      found,
      message:
        'Plain http, which the operator of this server allowed. Anyone on the network path can read the client secret.',
      action: 'Use https for everything except a trial.',
    };
  }
  return { outcome: 'passed', expected, found, message: 'The certificates are valid.' };
}

function tlsOf({ result }: Contacted): TlsFacts | undefined {
  return 'tls' in result ? result.tls : undefined;
}

function daysLeft(contacted: Contacted): number {
  const expiresAtMs = tlsOf(contacted)?.expiresAtMs ?? Infinity;
  return (expiresAtMs - contacted.atMs) / 86_400_000;
}

function describeTls(contacted: Contacted): string {
  const tls = tlsOf(contacted);
  if (tls === undefined) return `${contacted.url.host}: plain http`;
  const until = new Date(tls.expiresAtMs).toISOString().slice(0, 10);
  const days = Math.floor(daysLeft(contacted));
  return `${contacted.url.host}: ${tls.protocol}, until ${until} (${days} days), issued by ${tls.issuer}, for ${tls.names}`;
}

const otherFault = {
  message: 'The certificate could not be verified.',
  action: 'Check the certificate of the identity provider.',
};
const privateAuthority = {
  message: 'The certificate was issued by a CA that this server does not trust.',
  action:
    'Install a certificate of a public CA at the identity provider, or ask the operator of this server to trust yours.',
};
const incompleteChain = {
  message: 'The certificate chain is incomplete, or its CA is unknown.',
  action: 'Configure the identity provider, or the proxy in front of it, to send the intermediate certificates.',
};

const certificateFaults: Readonly<Record<string, Pick<Finding, 'message' | 'action'>>> = {
  CERT_HAS_EXPIRED: {
    message: 'The certificate has expired.',
    action: 'Renew the certificate at the identity provider, or at the proxy in front of it.',
  },
  CERT_NOT_YET_VALID: {
    message: 'The certificate is not valid yet.',
    action: 'Check the clocks of the identity provider and of this server.',
  },
  DEPTH_ZERO_SELF_SIGNED_CERT: {
    message: 'The certificate is self-signed, so it is not trusted.',
    action: privateAuthority.action,
  },
  SELF_SIGNED_CERT_IN_CHAIN: privateAuthority,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: incompleteChain,
  UNABLE_TO_GET_ISSUER_CERT: incompleteChain,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: incompleteChain,
  ERR_TLS_CERT_ALTNAME_INVALID: {
    message: 'The certificate is for another host.',
    action: 'Enter the host in the certificate, or install a certificate for this host.',
  },
  ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION: {
    message: 'The server supports only an insecure version of TLS.',
    action: 'Enable TLS 1.2 or 1.3 at the identity provider, or at the proxy in front of it.',
  },
  ERR_SSL_UNSUPPORTED_PROTOCOL: {
    message: 'The server supports only an insecure version of TLS.',
    action: 'Enable TLS 1.2 or 1.3 at the identity provider, or at the proxy in front of it.',
  },
};

/** Compares the provider's clock, by the `Date` of its responses (RFC 9110, section 6.6.1), with the server's clock. */
export function checkClock(facts: TestFacts): Finding {
  const dated = contacts(facts).flatMap(({ result, atMs }) => {
    const date = result.kind === 'answered' ? Date.parse(result.answer.headers.get('date') ?? '') : Number.NaN;
    return Number.isNaN(date) ? [] : [date - atMs];
  });
  const [differenceMs] = dated.toSorted((one, other) => Math.abs(other) - Math.abs(one));
  if (differenceMs === undefined) return skipped('No response contained the time.');
  const expected = `A clock difference of up to ${clockDifferenceMsMax / 1000} seconds`;
  const seconds = Math.round(differenceMs / 1000);
  const found = `${Math.abs(seconds)} seconds ${seconds < 0 ? 'behind' : 'ahead'}`;
  return Math.abs(differenceMs) <= clockDifferenceMsMax
    ? { outcome: 'passed', expected, message: 'The clocks agree.' }
    : {
        outcome: 'warning',
        expected,
        found,
        message: 'The clocks differ so much that ID tokens can look expired, or not yet valid.',
        action: 'Set the clocks of both servers by NTP.',
      };
}

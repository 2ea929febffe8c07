import type { UrlVerdict } from '../../outbound/outbound-policy.ts';
import { classifyAddress, parseAddress } from '../../outbound/address-class.ts';
import type { Contact, TlsFacts } from '../../outbound/guarded-probe.ts';
import { clockDifferenceMsMax } from '../../outbound/limits.ts';
import { certificateDaysWarned } from '../limits.ts';
import type { CheckedUrl, Contacted, TestFacts } from './facts.ts';
import { type Finding, skipped, skippedFor } from './finding.ts';

/** The operator's setting that would allow what the outbound policy refuses. */
const allowSetting = 'SALLYPORT_OUTBOUND_ALLOW';

/** What the admin typed: URLs that may be called, and an address of which a document's place follows. */
export function checkTypedUrls({ typed, connection, issuers }: TestFacts): Finding {
  const fault = typed.find(({ verdict }) => !(verdict?.ok ?? false));
  if (fault !== undefined) return refusedUrl(fault);
  if (connection.source.kind === 'discovery' && issuers.length === 0) {
    return {
      outcome: 'failed',
      expected: 'The issuer, or the address of its document, which ends in /.well-known/openid-configuration',
      message: 'discoveryURL is neither an issuer nor the address of a discovery document.',
      action:
        'Enter the issuer, as the identity provider shows it, to the last character. If the provider has no such document, set configurationType to custom and enter its endpoints.',
    };
  }
  return { outcome: 'passed', message: 'The addresses are well formed, and the outbound policy lets them be called.' };
}

/** What is wrong with a URL. The text is the same whatever the address is that it names. */
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
  message: 'The outbound policy of this server refuses the host.',
  action: `Enter a public host name; or have the operator of this server allow this one with ${allowSetting}.`,
};
const malformed = {
  message: 'This is no absolute https URL.',
  action: 'Copy the address anew, from https:// on.',
};

type UrlFault = Extract<UrlVerdict, { ok: false }>['reason'];

const urlFaults: Readonly<Record<UrlFault, Pick<Finding, 'message' | 'action'>>> = {
  not_absolute: malformed,
  control_character: malformed,
  too_long: malformed,
  scheme: {
    message: 'The URL is not https.',
    action: `Enter the https address; or have the operator of this server allow plain http for the host with ${allowSetting}.`,
  },
  credentials: { message: 'The URL holds a user name or a password.', action: 'Take what stands before the @ out.' },
  fragment: { message: 'The URL has a fragment.', action: 'Take the # and what follows out.' },
  port: {
    message: 'The URL names another port than 443.',
    action: `Use port 443; or have the operator of this server allow the host and port with ${allowSetting}.`,
  },
  address: notAllowed,
  host_name: notAllowed,
};

/** The hosts that were called, in their order. */
function contacts({ discovery, keys, token }: TestFacts): readonly Contacted[] {
  return [discovery, keys, token].filter((contacted) => contacted !== undefined);
}

/** Whether each host answers. Why one does not is not told: that would map the operator's network. */
export function checkReach(facts: TestFacts): Finding {
  const called = contacts(facts);
  if (called.length === 0) return skippedFor('url');
  const expected = 'A public name that leads to a host which answers over https';
  const silent = called.filter(({ result }) => result.kind === 'unreachable');
  if (silent.length > 0) {
    return {
      outcome: 'failed',
      expected,
      found: hostsOf(silent),
      message: 'Not reachable from this server, or not allowed by its operator.',
      action: `Check the spelling of the host, and that it can be reached from the internet. If it stands in a private network, the operator of this server has to allow it with ${allowSetting}. The operator finds the exact reason in the server's log, under the id of this request.`,
    };
  }
  const found = called.map(({ url, result }) =>
    'addresses' in result && result.addresses.length > 0 ? `${url.host} (${shownAddresses(result)})` : url.host,
  );
  return { outcome: 'passed', expected, found: [...new Set(found)].join(', '), message: 'Each host answers.' };
}

// What a name means inside the operator's network is not told, even where calling it is allowed.
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

/** The certificates of all hosts that were called. */
export function checkTls(facts: TestFacts): Finding {
  const called = contacts(facts);
  if (called.length === 0) return skippedFor('url');
  const expected = `TLS 1.2 or newer, and a certificate for the host that is good for ${certificateDaysWarned} days or more`;
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
      message: 'A certificate expires soon. From then on nobody can sign in.',
      action: 'Have the certificate renewed, and find out why that did not happen by itself.',
    };
  }
  if (reached.some((contacted) => tlsOf(contacted) === undefined)) {
    return {
      outcome: 'warning',
      expected,
      found,
      message: 'Plain http, as the operator of this server allowed. Whoever is on the way reads the client secret.',
      action: 'Use https for anything but a trial.',
    };
  }
  return { outcome: 'passed', expected, found, message: 'The certificates are good.' };
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
  action: 'Have the certificate of the identity provider looked at.',
};
const privateAuthority = {
  message: 'The certificate was issued by an authority that this server does not know.',
  action:
    'Install a certificate of a public authority at the identity provider; or have the operator of this server trust yours.',
};
const incompleteChain = {
  message: 'The chain of certificates is incomplete, or its authority is unknown.',
  action: 'Configure the identity provider, or the proxy before it, to send the intermediate certificates, too.',
};

const certificateFaults: Readonly<Record<string, Pick<Finding, 'message' | 'action'>>> = {
  CERT_HAS_EXPIRED: {
    message: 'The certificate has expired.',
    action: 'Renew the certificate at the identity provider, or at the proxy before it.',
  },
  CERT_NOT_YET_VALID: {
    message: 'The certificate is not valid yet.',
    action: 'Check the clocks of the identity provider and of this server.',
  },
  DEPTH_ZERO_SELF_SIGNED_CERT: {
    message: 'The certificate is signed by itself, so nobody vouches for it.',
    action: privateAuthority.action,
  },
  SELF_SIGNED_CERT_IN_CHAIN: privateAuthority,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: incompleteChain,
  UNABLE_TO_GET_ISSUER_CERT: incompleteChain,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: incompleteChain,
  ERR_TLS_CERT_ALTNAME_INVALID: {
    message: 'The certificate is for another host.',
    action: 'Enter the host that the certificate names; or install one that names this host.',
  },
  ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION: {
    message: 'The server speaks only a version of TLS that is no longer safe.',
    action: 'Switch TLS 1.2 or 1.3 on at the identity provider, or at the proxy before it.',
  },
  ERR_SSL_UNSUPPORTED_PROTOCOL: {
    message: 'The server speaks only a version of TLS that is no longer safe.',
    action: 'Switch TLS 1.2 or 1.3 on at the identity provider, or at the proxy before it.',
  },
};

/** The provider's clock, by the `Date` of its answers (RFC 9110, section 6.6.1), against ours. */
export function checkClock(facts: TestFacts): Finding {
  const dated = contacts(facts).flatMap(({ result, atMs }) => {
    const date = result.kind === 'answered' ? Date.parse(result.answer.headers.get('date') ?? '') : Number.NaN;
    return Number.isNaN(date) ? [] : [date - atMs];
  });
  const [differenceMs] = dated.toSorted((one, other) => Math.abs(other) - Math.abs(one));
  if (differenceMs === undefined) return skipped('No answer told the time.');
  const expected = `A clock that differs from ours by at most ${clockDifferenceMsMax / 1000} seconds`;
  const seconds = Math.round(differenceMs / 1000);
  const found = `${Math.abs(seconds)} seconds ${seconds < 0 ? 'behind' : 'ahead'}`;
  return Math.abs(differenceMs) <= clockDifferenceMsMax
    ? { outcome: 'passed', expected, message: 'The clocks agree.' }
    : {
        outcome: 'warning',
        expected,
        found,
        message: 'The clocks differ so much that ID tokens can look expired, or from the future.',
        action: 'Have both servers set their clocks by NTP.',
      };
}

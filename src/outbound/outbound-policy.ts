import { urlLengthMax } from '../contract/limits.ts';
import { classifyAddress, parseAddress, type IpAddress } from './address-class.ts';
import { listsAddress, listsTarget, type OutboundEntry } from './outbound-allow.ts';

export type UrlVerdict =
  | { ok: true; url: URL }
  | {
      ok: false;
      reason:
        | 'not_absolute'
        | 'scheme'
        | 'credentials'
        | 'fragment'
        | 'too_long'
        | 'port'
        | 'address'
        | 'host_name'
        | 'control_character';
    };

/** The target of a connection: the URL's host, without brackets or a trailing dot, and its port. */
export interface DialTarget {
  readonly host: string;
  readonly port: number;
}

/** Decides which URLs the server may call and which addresses it may dial for them. It dials nothing. */
export interface OutboundPolicy {
  checkUrl(url: string | URL): UrlVerdict;
  checkAddress(address: string, target: DialTarget): 'allowed' | 'refused';
  /** Decides about a name whose addresses only a proxy knows. */
  checkUnresolved(target: DialTarget): 'allowed' | 'refused';
}

/**
 * Creates the policy with the operator's list (see `parseOutboundAllow`).
 *
 * Without the list, it allows `https` on port 443 of public addresses and of names with a dot. A listed host may be
 * reached over plain `http`, on the listed port (or any, if none is listed), at whatever address its name resolves to.
 * In a listed range, any address and port is allowed. Metadata addresses are always rejected.
 */
export function createOutboundPolicy(allow: readonly OutboundEntry[]): OutboundPolicy {
  const lists = (target: DialTarget) => listsTarget(allow, target);
  const inListedRange = (address: IpAddress) => listsAddress(allow, address);
  const hasRanges = allow.some((entry) => entry.kind === 'range');

  const isAllowed = (address: IpAddress, target: DialTarget): boolean => {
    const kind = classifyAddress(address);
    if (kind === 'metadata') return false;
    return lists(target) || inListedRange(address) || (kind === 'public' && target.port === httpsPort);
  };

  const checkAddress: OutboundPolicy['checkAddress'] = (text, target) => {
    const address = parseAddress(text);
    return address !== undefined && isAllowed(address, target) ? 'allowed' : 'refused';
  };

  const checkUrl: OutboundPolicy['checkUrl'] = (input) => {
    const parsed = parseUrl(input);
    if (!parsed.ok) {
      return parsed;
    }
    const { url } = parsed;
    const target = dialTarget(url);
    const address = parseAddress(target.host);
    if (address !== undefined) {
      const isListed = lists(target) || inListedRange(address);
      return checkLiteral(url, address, { target, isListed, isAllowed: isAllowed(address, target) });
    }
    if (lists(target)) {
      return parsed;
    }
    if (url.protocol !== 'https:') {
      return { ok: false, reason: 'scheme' };
    }
    // A name on another port may resolve to a listed range, so its addresses decide.
    if (target.port !== httpsPort && !hasRanges) {
      return { ok: false, reason: 'port' };
    }
    return isInternalName(target.host) ? { ok: false, reason: 'host_name' } : parsed;
  };

  // On another port, only its addresses could have allowed it.
  const checkUnresolved: OutboundPolicy['checkUnresolved'] = (target) =>
    lists(target) || target.port === httpsPort ? 'allowed' : 'refused';

  return { checkUrl, checkAddress, checkUnresolved };
}

/** The host and port of a URL, in the form that {@link OutboundPolicy.checkAddress} compares. */
export function dialTarget(url: URL): DialTarget {
  const host = url.hostname.replace(/^\[|\]$|\.$/g, '');
  const port = url.port === '' ? (url.protocol === 'http:' ? 80 : httpsPort) : Number(url.port);
  return { host, port };
}

const httpsPort = 443;

// The URL is parsed once: the object that is checked is the object that is dialled, so no second parser can see another
// host.
function parseUrl(input: string | URL): UrlVerdict {
  const text = typeof input === 'string' ? input : input.href;
  if (text.length > urlLengthMax) {
    return { ok: false, reason: 'too_long' };
  }
  // The URL parser removes tabs and line breaks and reads a backslash as a slash; other parsers do not.
  if (/[\u0000-\u0020\u007f-\u009f\\]/u.test(text)) {
    return { ok: false, reason: 'control_character' };
  }
  const url = URL.parse(text);
  if (url === null) {
    return { ok: false, reason: 'not_absolute' };
  }
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    return { ok: false, reason: 'scheme' };
  }
  if (!/^https?:\/\/[^/]/i.test(text)) {
    return { ok: false, reason: 'not_absolute' };
  }
  if (url.username !== '' || url.password !== '' || /^[^/]*\/\/[^/?#]*@/.test(text)) {
    return { ok: false, reason: 'credentials' };
  }
  if (text.includes('#')) {
    return { ok: false, reason: 'fragment' };
  }
  return url.href.length > urlLengthMax ? { ok: false, reason: 'too_long' } : { ok: true, url };
}

interface LiteralContext {
  readonly target: DialTarget;
  readonly isListed: boolean;
  readonly isAllowed: boolean;
}

// A literal address is not resolved, so it is checked here.
function checkLiteral(url: URL, address: IpAddress, { target, isListed, isAllowed }: LiteralContext): UrlVerdict {
  if (!isListed && classifyAddress(address) === 'public') {
    if (url.protocol !== 'https:') {
      return { ok: false, reason: 'scheme' };
    }
    return target.port === httpsPort ? { ok: true, url } : { ok: false, reason: 'port' };
  }
  return isAllowed ? { ok: true, url } : { ok: false, reason: 'address' };
}

// Names that only a local network resolves (RFC 6761, section 6.3; RFC 6762; RFC 8375; ICANN's reservation of
// `internal`). The resolver's search list completes a name without a dot, so it is local too.
const internalSuffixes = ['.localhost', '.local', '.internal', '.home.arpa'];

function isInternalName(host: string): boolean {
  return !host.includes('.') || internalSuffixes.some((suffix) => host.endsWith(suffix));
}

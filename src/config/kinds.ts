import { isIP } from 'node:net';

import { parseDomainName, type DomainName } from '../contract/domain-name.ts';
import { Secret } from '../kernel/secret.ts';
import { parseWebOrigin } from './web-origin.ts';

export type Parsed<Value> = { ok: true; value: Value } | { ok: false; problem: string };

/** How the text of a setting becomes a value. */
export interface Kind<Value> {
  /** The allowed values, for the documentation: "an integer from 1 to 10". */
  readonly takes: string;
  /** No problem repeats a text that may be secret. */
  parse(text: string): Parsed<Value>;
}

/** The web origin of this server: https, or http on a loopback host. */
export const webOrigin: Kind<string> = {
  takes: 'an origin: `https://host`, or `http://` where the host is loopback',
  parse: parseWebOrigin,
};

/** An integer within inclusive limits. */
export function integer(min: number, max: number): Kind<number> {
  const takes = `a whole number from ${min} to ${max}`;
  return {
    takes,
    parse: (text) => {
      const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
      return value >= min && value <= max ? { ok: true, value } : { ok: false, problem: `must be ${takes}` };
    },
  };
}

/** One of several words. */
export function choice<const Word extends string>(words: readonly Word[]): Kind<Word> {
  const takes = words.map((word) => `\`${word}\``).join(', ');
  return {
    takes: `one of ${takes}`,
    parse: (text) => {
      const value = words.find((word) => word === text);
      return value === undefined ? { ok: false, problem: `must be one of ${words.join(', ')}` } : { ok: true, value };
    },
  };
}

/** The address to listen on: a host name or IP address without scheme, port or path. */
export const host: Kind<string> = {
  takes: 'an address or a host name; `0.0.0.0` or `::` for all interfaces',
  parse: (text) =>
    isIP(text) > 0 || /^[\da-z]([\da-z.-]*[\da-z])?$/i.test(text)
      ? { ok: true, value: text }
      : { ok: false, problem: 'must be an address or a host name, without scheme, port or path' },
};

/** The database URL, which may contain a password: a secret. */
export const databaseUrl: Kind<Secret> = {
  takes: '`sqlite:<file>` or `postgres://user:password@host:port/database`',
  parse: (text) => {
    const isSqlite = text.startsWith('sqlite:') && text.length > 'sqlite:'.length && !text.includes('\0');
    const isPostgres = /^postgres(?:ql)?:\/\/./.test(text) && URL.canParse(text);
    return isSqlite || isPostgres
      ? { ok: true, value: new Secret(text) }
      : { ok: false, problem: 'must begin with sqlite: and name a file, or be a postgres:// URL' };
  },
};

const rootKeyBytes = 32;

/** A key in base64 (RFC 4648, section 4), complete and canonical, so that a key has one form. */
export const rootKey: Kind<Secret | undefined> = {
  takes: '32 bytes in base64, for instance from `openssl rand -base64 32`',
  parse: (text) => {
    if (text === '') return { ok: true, value: undefined };
    return isRootKey(text)
      ? { ok: true, value: new Secret(text) }
      : {
          ok: false,
          problem: `must be exactly ${rootKeyBytes} bytes in base64; make one with: openssl rand -base64 32`,
        };
  },
};

/** Several keys, separated by commas. A problem does not show the key. */
export const rootKeyList: Kind<readonly Secret[]> = {
  takes: '32 bytes in base64 each, separated by commas',
  parse: (text) => {
    const items = splitList(text);
    const wrong = items.findIndex((item) => !isRootKey(item));
    return wrong === -1
      ? { ok: true, value: items.map((item) => new Secret(item)) }
      : { ok: false, problem: `item ${wrong + 1} must be exactly ${rootKeyBytes} bytes in base64` };
  },
};

/** Whether a text is a root key: 32 bytes in canonical base64. */
export function isRootKey(text: string): boolean {
  const bytes = Buffer.from(text, 'base64');
  return bytes.length === rootKeyBytes && bytes.toString('base64') === text;
}

/** A token that a caller sends as a bearer token (RFC 6750, section 2.1). */
export const setupToken: Kind<Secret | undefined> = {
  takes: '16 to 200 letters, digits and `-._~+/=`',
  parse: (text) => {
    if (text === '') return { ok: true, value: undefined };
    return /^[\w\-.~+/]{16,200}=*$/u.test(text)
      ? { ok: true, value: new Secret(text) }
      : { ok: false, problem: 'must be 16 to 200 letters, digits and -._~+/=; make one with: openssl rand -base64 32' };
  },
};

/** A file path, relative to the folder in which the server starts. */
export const file: Kind<string | undefined> = {
  takes: 'a path',
  parse: (text) =>
    text.includes('\0')
      ? { ok: false, problem: 'must be a path' }
      : { ok: true, value: text === '' ? undefined : text },
};

/** A list that other code parses: its items are trimmed, and empty ones dropped. */
export const list: Kind<readonly string[]> = {
  takes: 'hosts, `host:port`s and CIDRs, separated by commas',
  parse: (text) => ({ ok: true, value: splitList(text) }),
};

/** File paths, relative to the folder in which the server starts, separated by commas. */
export const fileList: Kind<readonly string[]> = {
  takes: 'paths, separated by commas',
  parse: (text) =>
    text.includes('\0') ? { ok: false, problem: 'must be paths' } : { ok: true, value: splitList(text) },
};

/** A forward proxy, which may contain a password: a secret. */
export const proxyUrl: Kind<Secret | undefined> = {
  takes: '`http://host:port` or `https://host:port`, with `user:password@` before the host where it asks for them',
  parse: (text) => {
    if (text === '') return { ok: true, value: undefined };
    const url = /^https?:\/\/[^/]/i.test(text) ? URL.parse(text) : null;
    const isBare = url?.pathname === '/' && url.search === '' && url.hash === '';
    return url !== null && isBare && isPercentEncoded(url.username + url.password)
      ? { ok: true, value: new Secret(text) }
      : {
          ok: false,
          problem: 'must be http:// or https://, a host and a port, without path; encode % in a password as %25',
        };
  },
};

function isPercentEncoded(text: string): boolean {
  try {
    return decodeURIComponent(text) !== '' || text === '';
  } catch {
    return false;
  }
}

/** Web origins, separated by commas. */
export const webOriginList: Kind<readonly string[]> = {
  takes: 'origins, separated by commas',
  parse: (text) => parseItems(text, parseWebOrigin),
};

/** IP addresses and ranges, separated by commas. */
export const rangeList: Kind<readonly string[]> = {
  takes: 'addresses and CIDRs, separated by commas',
  parse: (text) => parseItems(text, parseRange),
};

/** DNS servers, separated by commas: IP addresses, with a port if it is not 53. */
export const dnsServerList: Kind<readonly string[]> = {
  takes: 'addresses, each with `:port` where it is not 53 (`[2001:db8::1]:5353`), separated by commas',
  parse: (text) => parseItems(text, parseDnsServer),
};

function parseDnsServer(item: string): Parsed<string> {
  const match = /^(?:\[([\da-f:.]+)\]|([\d.]+))(?::(\d{1,5}))?$/i.exec(item);
  const address = match?.[1] ?? match?.[2] ?? item;
  const port = Number(match?.[3] ?? 53);
  return isIP(address) > 0 && port > 0 && port <= 65_535
    ? { ok: true, value: item }
    : { ok: false, problem: 'must be an address, as in 192.0.2.53, 192.0.2.53:5353 or [2001:db8::53]:5353' };
}

/** A DNS label that cannot be a host name, because it begins with an underscore (RFC 8552). */
export const dnsLabel: Kind<string> = {
  takes: 'one label that begins with an underscore',
  parse: (text) =>
    /^_[\da-z](?:[\da-z-]{0,60}[\da-z])?$/i.test(text)
      ? { ok: true, value: text.toLowerCase() }
      : { ok: false, problem: 'must be one label of letters, digits and hyphens that begins with an underscore' },
};

/** The prefix of a TXT record's value. */
export const recordPrefix: Kind<string> = {
  takes: 'up to 64 letters, digits and `-_.:=`',
  parse: (text) =>
    /^[\w.:=-]{1,64}$/.test(text)
      ? { ok: true, value: text }
      : { ok: false, problem: 'must be up to 64 letters, digits, hyphens, underscores, dots, colons and equals signs' },
};

/** A domain that the operator assigned, and its organization. */
export interface VerifiedDomain {
  readonly domain: DomainName;
  /** The id of the organization, or its slug when the pair is first seen. */
  readonly named: string;
}

/** Pairs of a domain and an organization's slug or id. A domain has one owner. */
export const verifiedDomainList: Kind<readonly VerifiedDomain[]> = {
  takes: '`domain:organization` pairs, with the slug or the id of the organization, separated by commas',
  parse: (text) => {
    const parsed = parseItems(text, parseVerifiedDomain);
    if (!parsed.ok) return parsed;
    const domains = parsed.value.map(({ domain }) => domain);
    const repeated = domains.find((domain, index) => domains.indexOf(domain) !== index);
    return repeated === undefined ? parsed : { ok: false, problem: `names ${repeated} more than once` };
  },
};

function parseVerifiedDomain(item: string): Parsed<VerifiedDomain> {
  const [domainText = '', named = '', ...more] = item.split(':');
  const parsed = parseDomainName(domainText);
  if (more.length > 0 || !parsed.ok || !/^[\da-z]+(?:-[\da-z]+)*$/.test(named)) {
    return { ok: false, problem: 'must be a domain, a colon and the slug or the id of an organization' };
  }
  return { ok: true, value: { domain: parsed.domain, named } };
}

function parseRange(item: string): Parsed<string> {
  const [address = '', prefix, ...more] = item.split('/');
  const version = isIP(address);
  const bits = version === 6 ? 128 : 32;
  const isPrefix = prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= bits);
  if (version === 0 || !isPrefix || more.length > 0) {
    return { ok: false, problem: 'must be an address, or a CIDR as in 10.0.0.0/8' };
  }
  // If every address were trusted, every client could choose its IP address.
  return Number(prefix ?? bits) === 0
    ? { ok: false, problem: 'must not be the whole internet' }
    : { ok: true, value: item };
}

function parseItems<Value>(text: string, parse: (item: string) => Parsed<Value>): Parsed<readonly Value[]> {
  const values: Value[] = [];
  for (const item of splitList(text)) {
    const parsed = parse(item);
    if (!parsed.ok) return { ok: false, problem: `item ${shownItem(item)} ${parsed.problem}` };
    values.push(parsed.value);
  }
  return { ok: true, value: values };
}

/** A list item as its problem may show it: without the password of a URL in the wrong setting. */
export function shownItem(item: string): string {
  const at = item.lastIndexOf('@');
  return JSON.stringify(at === -1 ? item : `…${item.slice(at)}`);
}

function splitList(text: string): readonly string[] {
  const items = text.split(',').map((item) => item.trim());
  return items.filter((item) => item !== '');
}

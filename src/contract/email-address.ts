import { parseDomainName, type DomainFault, type DomainName } from './domain-name.ts';
import { emailLengthMax } from './limits.ts';

/** An e-mail address that can be distinguished from every other one. */
export interface EmailAddress {
  /** As it was given. */
  readonly text: string;
  readonly localPart: string;
  readonly domain: DomainName;
  /** The canonical form, as it is compared and stored: the local part in lower case, `@`, the domain. */
  readonly key: string;
}

export type EmailFault = 'too_long' | 'at_sign' | 'local_part' | `domain_${DomainFault}`;

export type ParsedEmail = { ok: true; address: EmailAddress } | { ok: false; reason: EmailFault };

const localPartLengthMax = 64;

// A dot-atom (RFC 5322, section 3.2.3) of ASCII without the characters that make relays and decoders read an address
// inside the local part: `%` and `!` route, `=` and `?` begin an encoded word (RFC 2047, section 2).
const localPartPattern = /^[\w#$&'*+/^`{|}~-]+(?:\.[\w#$&'*+/^`{|}~-]+)*$/;

/**
 * The rule for e-mail addresses: exactly one `@`, a plain local part of up to 64 characters, and a domain name. No
 * quoted parts, comments, display names, address literals or surrounding spaces.
 *
 * Case never distinguishes two addresses, although RFC 5321, section 2.4, allows a mail server to distinguish local
 * parts: no major provider does, and two users of one organization must not differ in case only.
 */
export function parseEmailAddress(text: string): ParsedEmail {
  if (text.length > emailLengthMax) {
    return { ok: false, reason: 'too_long' };
  }
  const [localPart = '', domainText, ...others] = text.split('@');
  if (domainText === undefined || others.length > 0) {
    return { ok: false, reason: 'at_sign' };
  }
  if (localPart.length > localPartLengthMax || !localPartPattern.test(localPart)) {
    return { ok: false, reason: 'local_part' };
  }
  const parsed = parseDomainName(domainText);
  if (!parsed.ok) {
    return { ok: false, reason: `domain_${parsed.reason}` };
  }
  const key = `${localPart.toLowerCase()}@${parsed.domain}`;
  return key.length > emailLengthMax
    ? { ok: false, reason: 'too_long' }
    : { ok: true, address: { text, localPart, domain: parsed.domain, key } };
}

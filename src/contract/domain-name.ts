import { domainToASCII, domainToUnicode } from 'node:url';

/** A domain name in canonical form, as it is compared and stored: lower-case, with A-labels, without a trailing dot. */
export type DomainName = string & { readonly [domainBrand]: true };
declare const domainBrand: unique symbol;

export type DomainFault = 'empty' | 'too_long' | 'single_label' | 'label' | 'address' | 'not_canonical';

export type ParsedDomain = { ok: true; domain: DomainName } | { ok: false; reason: DomainFault };

const domainLengthMax = 253;

/**
 * Parses a registered domain name of letters, digits and hyphens (RFC 1123, section 2.1), or an internationalised one
 * (RFC 5891).
 *
 * A label outside ASCII must be one that IDNA changes only in letter case. Full-width letters, ideographic dots and
 * invisible characters, which fold into another name, are rejected. So are IP addresses, single labels and a trailing
 * dot.
 */
export function parseDomainName(text: string): ParsedDomain {
  if (text === '') {
    return { ok: false, reason: 'empty' };
  }
  if (text.length > domainLengthMax) {
    return { ok: false, reason: 'too_long' };
  }
  const labels: string[] = [];
  for (const label of text.split('.')) {
    const result = canonicalLabel(label);
    if (!result.ok) {
      return result;
    }
    labels.push(result.label);
  }
  return fromLabels(labels);
}

function fromLabels(labels: readonly string[]): ParsedDomain {
  const domain = labels.join('.');
  if (domain.length > domainLengthMax) {
    return { ok: false, reason: 'too_long' };
  }
  if (labels.length < 2) {
    return { ok: false, reason: 'single_label' };
  }
  // No top-level domain is all digits (RFC 3696, section 2), but the last part of an IPv4 address is.
  if (/^\d+$/.test(labels.at(-1) ?? '')) {
    return { ok: false, reason: 'address' };
  }
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the only place that makes one, after the checks
  return { ok: true, domain: domain as DomainName };
}

const ldhLabel = /^(?!-)[a-z\d-]{1,63}(?<!-)$/;

type Label = { ok: true; label: string } | { ok: false; reason: 'label' | 'not_canonical' };

function canonicalLabel(label: string): Label {
  // Some letters outside ASCII become ASCII in lower case (the Kelvin sign), so they are not folded here.
  const lower = isAscii.test(label) ? label.toLowerCase() : label;
  if (ldhLabel.test(lower)) {
    // An A-label must equal the encoding of its own decoding; an invented one decodes to nothing.
    return lower.startsWith('xn--') && (domainToASCII(lower) !== lower || domainToUnicode(lower) === lower)
      ? { ok: false, reason: 'label' }
      : { ok: true, label: lower };
  }
  if (!outsideAscii.test(label)) {
    return { ok: false, reason: 'label' };
  }
  const encoded = domainToASCII(label);
  const isCanonical =
    label === label.normalize('NFC') &&
    encoded.startsWith('xn--') &&
    ldhLabel.test(encoded) &&
    domainToUnicode(encoded) === label.toLowerCase();
  return isCanonical ? { ok: true, label: encoded } : { ok: false, reason: 'not_canonical' };
}

const isAscii = /^[\0-\x7f]*$/;

// Letters, marks and digits, and hyphens between them; at least one of them is not ASCII.
const outsideAscii = /^(?=[^]*[^\0-\x7f])[\p{L}\p{M}\p{Nd}-]+$/u;

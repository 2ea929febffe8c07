const wellKnown = '/.well-known/openid-configuration';

/** The address of a provider's discovery document, and the issuers that the document may have. */
export interface DiscoveryAddress {
  readonly documentUrl: string;
  /** One, or two that differ in a trailing slash. They are compared code point by code point. */
  readonly issuers: readonly string[];
}

/**
 * Derives the document's URL and the expected issuer from the admin's input (OpenID Connect Discovery, sections 4.1 and
 * 4.3).
 *
 * If the admin typed an issuer, the text is the issuer, to the last character. If the admin typed the document's URL,
 * the issuer is the part before the well-known suffix. Section 4.1 removes a trailing slash before it appends the
 * suffix, so the issuer may end in a slash or not: both spellings are accepted. `undefined` if the text is not an
 * absolute URL, or is another address under `/.well-known/`.
 */
export function discoveryAddress(typed: string): DiscoveryAddress | undefined {
  if (!URL.canParse(typed)) {
    return undefined;
  }
  const withoutQuery = typed.replace(/\?.*$/, '');
  // Some servers serve their document only at this address with a trailing slash.
  const withoutSlash = withoutQuery.replace(/\/$/, '');
  if (withoutSlash.endsWith(wellKnown)) {
    const issuer = withoutSlash.slice(0, -wellKnown.length);
    return { documentUrl: typed, issuers: [issuer, `${issuer}/`] };
  }
  if (withoutQuery !== typed || typed.includes('/.well-known/')) {
    return undefined;
  }
  return { documentUrl: typed.replace(/\/$/, '') + wellKnown, issuers: [typed] };
}

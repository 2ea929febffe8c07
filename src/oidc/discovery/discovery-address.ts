const wellKnown = '/.well-known/openid-configuration';

/** The address of a provider's discovery document, and the issuers that the document may name. */
export interface DiscoveryAddress {
  readonly documentUrl: string;
  /** One, or two that differ in a trailing slash; compared code point by code point. */
  readonly issuers: readonly string[];
}

/**
 * Derives the document's URL and the expected issuer from what the admin typed (OpenID Connect Discovery, sections 4.1
 * and 4.3).
 *
 * If the admin typed an issuer, the text is the issuer, to the last character. If the admin typed the document's URL, the
 * issuer is the part before the well-known suffix. Section 4.1 removes a terminating slash before it appends the suffix, so
 * the issuer may end in a slash or not: both spellings are accepted. `undefined` when the text is not an absolute URL, or
 * another address under `/.well-known/`.
 */
export function discoveryAddress(typed: string): DiscoveryAddress | undefined {
  if (!URL.canParse(typed)) {
    return undefined;
  }
  const withoutQuery = typed.replace(/\?.*$/, '');
  // Some servers have their document at this address only with a slash at its end.
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

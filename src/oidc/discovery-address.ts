const wellKnown = '/.well-known/openid-configuration';

/** Where a provider's document lies, and which issuers that document may name. */
export interface DiscoveryAddress {
  readonly documentUrl: string;
  /** One, or two that differ in a trailing slash; compared code point by code point. */
  readonly issuers: readonly string[];
}

/**
 * Derives the document's URL and the expected issuer from what the admin typed (OpenID Connect Discovery, sections 4.1
 * and 4.3).
 *
 * Typed as an issuer, the text itself is the issuer, to the last character. Typed as the document's URL, the issuer is
 * what stands before the well-known suffix; whether it ends in a slash cannot be told, since section 4.1 removes a
 * terminating slash before it appends the suffix. Exactly these two spellings are accepted, both of which have this very
 * document. `undefined` when the text is no absolute URL, or lies under `/.well-known/` otherwise.
 */
export function discoveryAddress(typed: string): DiscoveryAddress | undefined {
  if (!URL.canParse(typed)) {
    return undefined;
  }
  const withoutQuery = typed.replace(/\?.*$/, '');
  if (withoutQuery.endsWith(wellKnown)) {
    const issuer = withoutQuery.slice(0, -wellKnown.length);
    return { documentUrl: typed, issuers: [issuer, `${issuer}/`] };
  }
  if (withoutQuery !== typed || typed.includes('/.well-known/')) {
    return undefined;
  }
  return { documentUrl: typed.replace(/\/$/, '') + wellKnown, issuers: [typed] };
}

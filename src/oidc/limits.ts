/** The limits of the relying party. */

/** The body of a discovery document. */
export const discoveryBytesMax = 262_144;
/** The body of a JWK Set. */
export const jwkSetBytesMax = 524_288;
/** The body of a token or userinfo response. */
export const tokenResponseBytesMax = 262_144;
export const userinfoBytesMax = 262_144;
/**
 * The longest ID token that fits into a token response beside an ordinary access token. It has room for a thousand
 * group names.
 */
export const idTokenLengthMax = 245_760;
/** A longer access token is not sent to userinfo, because servers reject longer headers. */
export const bearerTokenLengthMax = 16_384;
export const jsonDepthMax = 32;

/**
 * The time from the request to the end of the response's headers, for static documents. Token and userinfo endpoints do
 * their work before the first header, so only the total time of the call counts for them.
 */
export const headersMsMax = 5_000;
/** The time from the moment a call has its slot to the last byte. */
export const callMsMax = 10_000;
/** How long provider metadata and JWK Sets are fresh. */
export const freshMs = 600_000;
/** The shortest `max-age` of a provider that is respected. */
export const freshFloorMs = 60_000;
/** How long the last response is used while a provider is down. */
export const staleMsMax = 86_400_000;
/** The pause after a failed fetch. It doubles with each further failure, up to the maximum. */
export const failurePauseMs = 5_000;
export const failurePauseMsMax = 30_000;
/** The pause between two fetches of a JWK Set because of a missing key. */
export const forcedRefreshPauseMs = 5_000;
/**
 * The number of connections whose provider metadata and JWK Set are cached. The least recently used one is evicted
 * first.
 */
export const cachedProvidersMax = 4_000;

/** How many keys of a JWK Set are read, and how many of them are tried for one token. */
export const keysPerJwkSetMax = 100;
export const keysPerTokenMax = 8;
export const rsaBitsMin = 2_048;
export const rsaBitsMax = 8_192;
/** A longer public exponent makes verification expensive (RFC 8725, section 3.2). 2^32 is far above the usual 65537. */
export const rsaExponentBytesMax = 4;
export const keyIdLengthMax = 256;

/** In the code flow an ID token is minutes old at most (OpenID Connect Core, section 3.1.3.7, item 10). */
export const idTokenAgeSecondsMax = 600;
/** The log warns of an `exp` further in the future. */
export const idTokenLifeSecondsUsual = 86_400;
/** How many entries of `scopes_supported` are read. */
export const scopesSupportedMax = 500;

export const callbackParameterLengthMax = 8_192;
/** How much of a provider's own error text is kept. */
export const upstreamTextLengthMax = 200;
/** The same limit in a step of a connection test, which shows lists. */
export const stepTextLengthMax = 500;
/** How many days before its expiry the server warns of a certificate. */
export const certificateDaysWarned = 14;
/** How often the operator is warned of a wrong clock. */
export const clockCheckMs = 600_000;
/** The shortest key for HS256 (RFC 7518, section 3.2). */
export const macKeyBytesMin = 32;
/** The validity of a client certificate: two years, the longest that Entra ID offers for a secret. */
export const clientCertificateLifeMs = 730 * 86_400_000;
/** A new certificate is valid from the past, for providers whose clock is behind. */
export const clientCertificateBackdatedMs = 3_600_000;

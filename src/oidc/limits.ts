/** The limits of the relying party, by name. */

/** The body of a discovery document. */
export const discoveryBytesMax = 262_144;
/** The body of a JWK set. */
export const jwkSetBytesMax = 524_288;
/** The body of a token or userinfo response. */
export const tokenResponseBytesMax = 262_144;
export const userinfoBytesMax = 262_144;
/** Room for the longest ID token that a token response can hold beside an ordinary access token: a thousand group names. */
export const idTokenLengthMax = 245_760;
/** A longer access token is not sent to userinfo: servers reject a request whose headers are longer than about this. */
export const bearerTokenLengthMax = 16_384;
export const jsonDepthMax = 32;

/**
 * From the request to the end of the response's headers, for static documents. Token and userinfo endpoints do their work
 * before the first header, so for these the whole time of the call counts.
 */
export const headersMsMax = 5_000;
/** From the moment a call has its slot to the last byte. */
export const callMsMax = 10_000;
/** Provider documents and key sets are used as they are for this long. */
export const freshMs = 600_000;
/** A smaller `max-age` of the provider is honoured down to this. */
export const freshFloorMs = 60_000;
/** While a provider does not answer, what it said last is used for this long. */
export const staleMsMax = 86_400_000;
/** After a failed fetch no other is tried for this long, and twice as long after each further one, up to the maximum. */
export const failurePauseMs = 5_000;
export const failurePauseMsMax = 30_000;
/** A key that is not in the set makes us ask again, but no sooner than this after the last such time. */
export const forcedRefreshPauseMs = 5_000;
/** Connections whose provider metadata and JWK Set are cached. The least recently used one is evicted first. */
export const cachedProvidersMax = 4_000;

/** Keys of one set that are looked at, and keys of it that one token is tried with. */
export const keysPerJwkSetMax = 100;
export const keysPerTokenMax = 8;
export const rsaBitsMin = 2_048;
export const rsaBitsMax = 8_192;
/** A longer public exponent makes a verification expensive (RFC 8725, section 3.2); 2^32 is far above the usual 65537. */
export const rsaExponentBytesMax = 4;
export const keyIdLengthMax = 256;

/** In the code flow an ID token is minutes old at most (OpenID Connect Core, section 3.1.3.7, item 10). */
export const idTokenAgeSecondsMax = 600;
/** An `exp` further ahead is remarked on in the log. */
export const idTokenLifeSecondsUsual = 86_400;
/** Entries of `scopes_supported` that are looked at. */
export const scopesSupportedMax = 500;

export const callbackParameterLengthMax = 8_192;
/** What is kept of a provider's own error text. */
export const upstreamTextLengthMax = 200;
/** The same in a step of a connection test, where lists are shown. */
export const stepTextLengthMax = 500;
/** A certificate that expires within so many days is warned of. */
export const certificateDaysWarned = 14;
/** So often the operator is told of a clock that is off. */
export const clockCheckMs = 600_000;
/** Shorter keys are no use for HS256 (RFC 7518, section 3.2). */
export const macKeyBytesMin = 32;
/** How long a client's certificate is valid: two years, the longest that Entra ID offers for a secret. */
export const clientCertificateLifeMs = 730 * 86_400_000;
/** A provider whose clock is behind must not take a new certificate for one of the future. */
export const clientCertificateBackdatedMs = 3_600_000;

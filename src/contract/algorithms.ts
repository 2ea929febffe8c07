/** The algorithms of the published API. The first is the default. */
const documentedAlgorithms = ['RS256', 'HS256', 'RS512', 'EdDSA'] as const;

/** Additional algorithms: the rest of RFC 7518, section 3.1, that real identity providers use for ID tokens. */
const addedAlgorithms = ['RS384', 'ES256', 'ES384', 'ES512', 'PS256', 'PS384', 'PS512'] as const;

/** Every value of `jwtSignatureAlgorithm` (RFC 7518, section 3.1; RFC 8037, section 3.1). */
export const signatureAlgorithms = [...documentedAlgorithms, ...addedAlgorithms] as const;

export type SignatureAlgorithm = (typeof signatureAlgorithms)[number];

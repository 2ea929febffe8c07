/** What the client reads in an access token. Only the server decides whether it is valid. */
export interface TokenClaims {
  readonly organizationId?: string;
  /** Milliseconds since the Unix epoch. */
  readonly expiresAtMs?: number;
}

/** Reads an access token without verifying it; `undefined` for a token of another format. */
export function readTokenClaims(token: string): TokenClaims {
  try {
    const claims: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8'));
    if (typeof claims !== 'object' || claims === null) return {};
    return {
      ...('organizationId' in claims && typeof claims.organizationId === 'string'
        ? { organizationId: claims.organizationId }
        : {}),
      ...('exp' in claims && typeof claims.exp === 'number' ? { expiresAtMs: claims.exp * 1000 } : {}),
    };
  } catch {
    return {};
  }
}

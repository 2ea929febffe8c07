import { keysReadSeconds } from '../storage/keys/limits.ts';

/** How long verifiers may cache the published keys (`Cache-Control` of `/.well-known/jwks.json`). */
export const publishedKeysMaxAgeSeconds = 600;
/**
 * How long a signing key is published before it signs: the cache lifetime of verifiers, and as long again for nodes
 * that read the table late and for clock differences.
 */
export const signingKeyLeadSeconds = 2 * publishedKeysMaxAgeSeconds + keysReadSeconds;
/** How long a replaced key keeps its private key, for nodes whose clock is behind. */
export const signingKeyDrainSeconds = 300;
/** The maximum lifetime of a user's access token (`SALLYPORT_ACCESS_TOKEN_SECONDS`). */
export const userTokenSecondsMax = 86_400;
/** How often an unknown key id may make a node read the table again. */
export const unknownKeyReadSeconds = 5;

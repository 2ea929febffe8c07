import { keysReadSeconds } from '../storage/keys/limits.ts';

/** How long verifiers may keep the published keys (`Cache-Control` of `/.well-known/jwks.json`). */
export const publishedKeysMaxAgeSeconds = 600;
/**
 * A signing key is published for so long before it signs: as long as verifiers keep what they read, and as long again
 * for nodes that read the table late and clocks that differ.
 */
export const signingKeyLeadSeconds = 2 * publishedKeysMaxAgeSeconds + keysReadSeconds;
/** After its successor took over, a key's private half is kept for so long, for nodes whose clock is behind. */
export const signingKeyDrainSeconds = 300;
/** No access token of a person lives longer (`SALLYPORT_ACCESS_TOKEN_SECONDS`). */
export const userTokenSecondsMax = 86_400;
/** How often an unknown key identifier may make a node read the table again. */
export const unknownKeyReadSeconds = 5;

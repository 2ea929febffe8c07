import { sha256Hex } from '../kernel/digest.ts';
import type { Random } from '../kernel/random.ts';
import type { StoredSecret } from './application.ts';

/**
 * 256 random bits cannot be guessed, so a plain SHA-256 is enough to store the secret (NIST SP 800-63B, section
 * 3.1.2.2).
 */
const secretBytes = 32;
const lastFourLength = 4;

/** With this, scanners of source code recognize a client secret. */
const secretPrefix = 'sallyport_cs_';

/** A new client secret: its value, which is shown once, and what is stored. */
export interface NewSecret {
  readonly clientSecret: string;
  readonly secretHash: string;
  readonly stored: StoredSecret;
}

/** Makes a client secret of letters, digits, `-` and `_`, which need no encoding in HTTP Basic authentication. */
export function makeSecret(random: Random, moments: { nowMs: number; expiresAtMs: number | null }): NewSecret {
  const clientSecret = `${secretPrefix}${random.token(secretBytes)}`;
  const { nowMs, expiresAtMs } = moments;
  return {
    clientSecret,
    secretHash: sha256Hex(clientSecret),
    stored: { id: random.uuid(), lastFour: clientSecret.slice(-lastFourLength), createdAtMs: nowMs, expiresAtMs },
  };
}

import { createCipheriv, createDecipheriv, createHmac, hkdfSync } from 'node:crypto';

import { systemRandom } from './random.ts';

const ivBytes = 12;
const tagBytes = 16;

/** A 256-bit key with its id, which is stored beside what the key seals. */
export interface SealingKey {
  readonly id: string;
  readonly bytes: Buffer;
}

/** Thrown if a sealed text was altered, cut, moved, or sealed with another key. */
export class SealBrokenError extends Error {
  override readonly name = 'SealBrokenError';
}

/**
 * Seals a text with AES-256-GCM (NIST SP 800-38D) with a new random 96-bit nonce.
 *
 * `purpose` is authenticated, not stored. A sealed text opens only for the same purpose, so a value that was copied
 * into another row or
 * column does not open. The result is `<key id>.<base64url of nonce, ciphertext and tag>`.
 */
export function seal(key: SealingKey, plaintext: string, purpose: string): string {
  const iv = systemRandom.bytes(ivBytes);
  const cipher = createCipheriv('aes-256-gcm', key.bytes, iv);
  cipher.setAAD(associatedData(key.id, purpose));
  const body = Buffer.concat([iv, cipher.update(plaintext, 'utf8'), cipher.final(), cipher.getAuthTag()]);
  return `${key.id}.${body.toString('base64url')}`;
}

/** The id of the key that sealed a text; `undefined` if the text was never sealed. */
export function sealedWith(sealed: string): string | undefined {
  const dot = sealed.indexOf('.');
  return dot > 0 ? sealed.slice(0, dot) : undefined;
}

/**
 * Opens a text that {@link seal} sealed.
 *
 * @throws {SealBrokenError} if the key, the purpose or the text is different.
 */
export function open(key: SealingKey, sealed: string, purpose: string): string {
  const body = Buffer.from(sealed.slice(sealed.indexOf('.') + 1), 'base64url');
  if (sealedWith(sealed) !== key.id || body.length < ivBytes + tagBytes) {
    throw new SealBrokenError('not sealed with this key');
  }
  const decipher = createDecipheriv('aes-256-gcm', key.bytes, body.subarray(0, ivBytes), { authTagLength: tagBytes });
  decipher.setAAD(associatedData(key.id, purpose));
  decipher.setAuthTag(body.subarray(body.length - tagBytes));
  try {
    const text = decipher.update(body.subarray(ivBytes, body.length - tagBytes));
    return Buffer.concat([text, decipher.final()]).toString('utf8');
  } catch (cause) {
    throw new SealBrokenError('the seal is broken', { cause });
  }
}

const derivedKeyBytes = 32;

/**
 * Derives secrets from texts for one purpose: HMAC-SHA-256 (RFC 2104) under a key that HKDF (RFC 5869) derives for the
 * purpose, so that the key which seals is not used for anything else. A secret is 43 characters of base64url. The same
 * key, text and purpose always give the same secret.
 */
export function createDerivation(key: SealingKey, purpose: string): (text: string) => string {
  const derivedKey = Buffer.from(hkdfSync('sha256', key.bytes, '', `derive:${purpose}`, derivedKeyBytes));
  return (text) => createHmac('sha256', derivedKey).update(text).digest('base64url');
}

// The lengths make the pair unambiguous: no other key id and purpose give the same bytes.
function associatedData(keyId: string, purpose: string): Buffer {
  return Buffer.from(`${keyId.length}:${keyId}:${purpose}`, 'utf8');
}

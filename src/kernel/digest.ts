import { createHash, timingSafeEqual } from 'node:crypto';

/** SHA-256 of a text, as 64 hexadecimal digits. For values of high entropy only; a password needs more. */
export function sha256Hex(text: string): string {
  return createHash('sha256').update(text, 'utf8').digest('hex');
}

/** Compares two texts in a time that does not tell where they differ. */
export function equalsInConstantTime(a: string, b: string): boolean {
  return timingSafeEqual(createHash('sha256').update(a).digest(), createHash('sha256').update(b).digest());
}

import { hash, timingSafeEqual } from 'node:crypto';

/** SHA-256 of a text, as 64 hexadecimal digits. Only for values of high entropy; a password needs more. */
export function sha256Hex(text: string): string {
  return hash('sha256', text);
}

/** Compares two texts in a time that does not reveal where they differ. */
export function equalsInConstantTime(a: string, b: string): boolean {
  return timingSafeEqual(hash('sha256', a, 'buffer'), hash('sha256', b, 'buffer'));
}

import { sha256Hex } from '../../kernel/digest.ts';
import type { Random } from '../../kernel/random.ts';

/** Crockford's base 32, without ambiguous letters. */
const alphabet = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const groupCount = 5;
const groupLength = 4;

/** A new code of 100 random bits, such as `7K2M-…`, in groups for reading aloud. */
export function newBreakGlassCode(random: Random): string {
  // 256 is a multiple of 32, so the remainder is not biased.
  const letters = [...random.bytes(groupCount * groupLength)].map((byte) => alphabet.charAt(byte % alphabet.length));
  return Array.from({ length: groupCount }, (_, group) =>
    letters.slice(group * groupLength, (group + 1) * groupLength).join(''),
  ).join('-');
}

/** The stored hash of a code. It is valid for one admin of one organization. */
export function hashBreakGlassCode(
  code: string,
  { organizationId, userId }: { organizationId: string; userId: string },
): string {
  return sha256Hex(JSON.stringify(['break-glass-code', organizationId, userId, normalise(code)]));
}

// Normalises a code that was typed from paper.
function normalise(code: string): string {
  return code.toUpperCase().replaceAll(/[\s-]/g, '').replaceAll('O', '0').replaceAll(/[IL]/g, '1');
}

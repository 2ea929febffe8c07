import { Type } from 'typebox';

import { claimNameLengthMax, claimPathNamesMax } from './limits.ts';
import { cleanTextKeyword, Text } from './text.ts';

/**
 * Refers to a claim: a string is the exact name, a list is a path of names through nested objects. The two never mean
 * the same claim, so a name with dots or slashes is not mistaken for a path.
 */
export type ClaimReference = string | readonly string[];

/** The names of a path, outermost first. A path of one name would equal the exact name, so it is rejected. */
export const claimPath = {
  items: Text({ lengthMin: 1, lengthMax: claimNameLengthMax }),
  maxItems: claimPathNamesMax,
} as const;

/** The schema of a reference. It is one schema with two types, so that an error names one fault. */
export function ClaimReferenceSchema({ lengthMin = 0, description }: { lengthMin?: number; description?: string }) {
  return Type.Unsafe<ClaimReference>({
    // In this order, because the serializer would otherwise write a list as a string.
    type: ['array', 'string'],
    [cleanTextKeyword]: true,
    minLength: lengthMin,
    maxLength: claimNameLengthMax,
    ...claimPath,
    minItems: 2,
    ...(description === undefined ? {} : { description }),
  });
}

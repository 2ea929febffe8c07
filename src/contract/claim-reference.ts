import { Type } from 'typebox';

import { claimNameLengthMax, claimPathNamesMax } from './limits.ts';
import { cleanTextKeyword, Text } from './text.ts';

/**
 * Which claim is meant: a text is the literal name of a claim, a list is a path of names through nested objects. The two
 * never mean the same claim, so a name with dots or slashes cannot be mistaken for a path.
 */
export type ClaimReference = string | readonly string[];

/** Names of a path, outermost first. A path of one name would be the literal name, so it is refused. */
export const claimPath = {
  items: Text({ lengthMin: 1, lengthMax: claimNameLengthMax }),
  maxItems: claimPathNamesMax,
} as const;

/** The schema of a reference. It is one schema of two types, so that an error names the one thing that is wrong. */
export function ClaimReferenceSchema({ lengthMin = 0, description }: { lengthMin?: number; description?: string }) {
  return Type.Unsafe<ClaimReference>({
    // In this order, because the serializer would write a list as a text.
    type: ['array', 'string'],
    [cleanTextKeyword]: true,
    minLength: lengthMin,
    maxLength: claimNameLengthMax,
    ...claimPath,
    minItems: 2,
    ...(description === undefined ? {} : { description }),
  });
}

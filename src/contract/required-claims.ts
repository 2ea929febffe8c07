import { Type } from 'typebox';

import { claimPath } from './claim-reference.ts';
import { optionListCountMax, optionValueLengthMax } from './limits.ts';

/** The conditions of a rule. A rule has exactly one of them. */
export const claimConditions = ['equals', 'oneOf', 'contains', 'containsOneOf', 'containsAll'] as const;

/** What a claim must hold, written out. `path` leads from the claim into nested objects. */
export interface ClaimRule {
  readonly path?: readonly string[];
  readonly equals?: string | boolean;
  readonly oneOf?: readonly string[];
  readonly contains?: string;
  readonly containsOneOf?: readonly string[];
  readonly containsAll?: readonly string[];
}

/** A text or a boolean is the short form of `equals`. */
export type RequiredClaim = string | boolean | ClaimRule;

const value = { type: 'string', maxLength: optionValueLengthMax };
const values = {
  type: 'array',
  items: { ...value, minLength: 1 },
  minItems: 1,
  maxItems: optionListCountMax,
  uniqueItems: true,
};

/**
 * The schema of one required claim. The members of a rule are patterns and not properties, because a validator that drops
 * what a schema does not declare would turn a rule with a misspelled condition into a weaker one.
 */
export const RequiredClaimSchema = Type.Unsafe<RequiredClaim>({
  type: ['string', 'boolean', 'object'],
  maxLength: optionValueLengthMax,
  propertyNames: { enum: ['path', ...claimConditions] },
  patternProperties: {
    '^path$': { type: 'array', minItems: 1, ...claimPath },
    '^equals$': { ...value, type: ['string', 'boolean'] },
    '^contains$': { ...value, minLength: 1 },
    '^(oneOf|containsOneOf|containsAll)$': values,
  },
});

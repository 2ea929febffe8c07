import type { ConnectionOptions } from '../../contract/connection-options.ts';
import type { ClaimRule, RequiredClaim } from '../../contract/required-claims.ts';
import type { JsonObject } from '../bounded-json.ts';
import { kindOf } from './claim-facts.ts';
import { claimLabel, lookUpClaim } from './claim-lookup.ts';

/** A required claim that the ID token does not hold, without what it holds instead. */
export interface UnmetClaim {
  readonly claim: string;
  readonly state: 'absent' | 'another value';
  readonly expected: string;
  readonly found: string;
}

/** The first required claim that claims do not hold; `undefined` when they hold all. */
export function findUnmetClaim(
  claims: JsonObject,
  required: ConnectionOptions['requiredClaims'],
): UnmetClaim | undefined {
  for (const [name, wanted] of Object.entries(required)) {
    const rule = ruleOf(wanted);
    const reference = rule.path === undefined ? name : [name, ...rule.path];
    const lookup = lookUpClaim(claims, reference);
    const value = lookup.state === 'found' ? lookup.value : undefined;
    if (!isMet(rule, value)) {
      const state = lookup.state === 'absent' ? 'absent' : 'another value';
      const found = lookup.state === 'blocked' ? 'no object on the way' : kindOf(value);
      return { claim: claimLabel(reference), state, expected: describe(rule), found };
    }
  }
  return undefined;
}

function ruleOf(wanted: RequiredClaim): ClaimRule {
  return typeof wanted === 'object' ? wanted : { equals: wanted };
}

/**
 * Whether a value meets a rule. Values are compared by type and code unit for code unit: `"true"` is not `true`, and
 * another case, a blank more or a letter that only looks alike is another value. A rule without a condition is never met.
 */
function isMet(rule: ClaimRule, value: unknown): boolean {
  if (rule.equals !== undefined) return value === rule.equals;
  if (rule.oneOf !== undefined) return typeof value === 'string' && rule.oneOf.includes(value);
  const held = textsIn(value);
  if (rule.contains !== undefined) return held.has(rule.contains);
  if (rule.containsOneOf !== undefined) return rule.containsOneOf.some((one) => held.has(one));
  return rule.containsAll !== undefined && rule.containsAll.every((one) => held.has(one));
}

// Providers that have one value only often write it without a list. What is no text in a list is never equal to one.
function textsIn(value: unknown): ReadonlySet<unknown> {
  return new Set(Array.isArray(value) ? value : typeof value === 'string' ? [value] : []);
}

function describe(rule: ClaimRule): string {
  if (rule.oneOf !== undefined) return `one of ${rule.oneOf.length} values`;
  if (rule.contains !== undefined) return 'a list that contains the value';
  if (rule.containsOneOf !== undefined) return `a list that contains one of ${rule.containsOneOf.length} values`;
  return rule.containsAll === undefined
    ? 'exactly the value'
    : `a list that contains ${rule.containsAll.length} values`;
}

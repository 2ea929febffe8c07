import type { FactOf, KindFact } from '../../contract/attempt-facts.ts';
import type { ConnectionOptions } from '../../contract/connection-options.ts';
import type { ClaimRule, RequiredClaim } from '../../contract/required-claims.ts';
import type { JsonObject } from '../bounded-json.ts';
import { kindOf } from './claim-facts.ts';
import { claimLabel, lookUpClaim } from './claim-lookup.ts';

/** A required claim that the ID token does not have, without the value that it has instead. */
export interface UnmetClaim {
  readonly claim: string;
  readonly state: 'absent' | 'different';
  readonly expected: FactOf<
    'required_value' | 'one_of' | 'contains_required_value' | 'contains_one_of' | 'contains_all'
  >;
  readonly found: KindFact | FactOf<'no_object_on_path'>;
}

/** The first required claim that is not met; `undefined` if all are met. */
export function findUnmetClaim(
  claims: JsonObject,
  required: ConnectionOptions['requiredClaims'],
): UnmetClaim | undefined {
  for (const [name, requirement] of Object.entries(required)) {
    const rule = ruleOf(requirement);
    const reference = rule.path === undefined ? name : [name, ...rule.path];
    const lookup = lookUpClaim(claims, reference);
    const value = lookup.state === 'found' ? lookup.value : undefined;
    if (!isMet(rule, value)) {
      const state = lookup.state === 'absent' ? 'absent' : 'different';
      const found = lookup.state === 'blocked' ? ({ code: 'no_object_on_path' } as const) : kindOf(value);
      return { claim: claimLabel(reference), state, expected: describe(rule), found };
    }
  }
  return undefined;
}

function ruleOf(requirement: RequiredClaim): ClaimRule {
  return typeof requirement === 'object' ? requirement : { equals: requirement };
}

/**
 * Whether a value meets a rule. Values are compared by type and by code unit: `"true"` is not `true`, and another case,
 * an extra blank or a lookalike letter makes another value. A rule without a condition is never met.
 */
function isMet(rule: ClaimRule, value: unknown): boolean {
  if (rule.equals !== undefined) return value === rule.equals;
  if (rule.oneOf !== undefined) return typeof value === 'string' && rule.oneOf.includes(value);
  const held = textsIn(value);
  if (rule.contains !== undefined) return held.has(rule.contains);
  if (rule.containsOneOf !== undefined) return rule.containsOneOf.some((one) => held.has(one));
  return rule.containsAll !== undefined && rule.containsAll.every((one) => held.has(one));
}

// Providers often write a single value without a list. List entries that are not strings never match.
function textsIn(value: unknown): ReadonlySet<unknown> {
  return new Set(Array.isArray(value) ? value : typeof value === 'string' ? [value] : []);
}

function describe(rule: ClaimRule): UnmetClaim['expected'] {
  if (rule.oneOf !== undefined) return { code: 'one_of', count: rule.oneOf.length };
  if (rule.contains !== undefined) return { code: 'contains_required_value' };
  if (rule.containsOneOf !== undefined) return { code: 'contains_one_of', count: rule.containsOneOf.length };
  return rule.containsAll === undefined
    ? { code: 'required_value' }
    : { code: 'contains_all', count: rule.containsAll.length };
}

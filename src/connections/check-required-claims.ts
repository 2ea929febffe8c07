import type { ConnectionOptions } from '../contract/connection-options.ts';
import { claimNameLengthMax, requiredClaimsLengthMax } from '../contract/limits.ts';
import { claimConditions, type ClaimRule, type RequiredClaim } from '../contract/required-claims.ts';
import { isCleanText } from '../contract/text.ts';
import type { FieldIssue } from './rules.ts';

/** The faults of required claims, one issue for each claim. */
export function findRequiredClaimFaults(required: ConnectionOptions['requiredClaims']): FieldIssue[] {
  const faults = Object.entries(required).flatMap(([name, wanted]) => {
    const fault = nameFault(name) ?? valueFault(wanted);
    return fault === undefined ? [] : [{ path: `requiredClaims.${name.slice(0, 80)}`, ...fault }];
  });
  if (faults.length > 0 || JSON.stringify(required).length <= requiredClaimsLengthMax) return faults;
  const message = `must have at most ${requiredClaimsLengthMax} characters in all, as JSON`;
  return [{ path: 'requiredClaims', code: 'maxLength', message }];
}

type Fault = Pick<FieldIssue, 'code' | 'message'>;

/** Claims that the server checks against values of its own. A fixed value for one could only break sign-ins. */
const protocolClaims = ['iss', 'sub', 'aud', 'azp', 'exp', 'nbf', 'iat', 'nonce', 'auth_time', 'at_hash', 'c_hash'];

function nameFault(name: string): Fault | undefined {
  if (!isCleanText(name)) return uncleanText;
  if (name === '' || name.length > claimNameLengthMax) {
    return { code: 'name', message: `must be named with 1 to ${claimNameLengthMax} characters` };
  }
  if (protocolClaims.includes(name)) return { code: 'name', message: 'is checked without being named here' };
  return name === 'acr' ? { code: 'name', message: 'belongs into acrValues' } : undefined;
}

function valueFault(wanted: RequiredClaim): Fault | undefined {
  if (typeof wanted === 'boolean') return undefined;
  if (typeof wanted === 'string') return isCleanText(wanted) ? undefined : uncleanText;
  const conditions = claimConditions.filter((condition) => Object.hasOwn(wanted, condition));
  if (conditions.length !== 1) {
    return { code: 'rule', message: `must have exactly one of ${claimConditions.join(', ')}` };
  }
  return textsOf(wanted).every(isCleanText) ? undefined : uncleanText;
}

function textsOf(rule: ClaimRule): string[] {
  return Object.values(rule)
    .flat()
    .filter((value) => typeof value === 'string');
}

const uncleanText: Fault = {
  code: 'forbidden_character',
  message: 'must not hold control characters or broken Unicode',
};

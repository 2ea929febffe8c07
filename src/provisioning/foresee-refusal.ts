import type { ErrorCode } from '../contract/errors.ts';
import { planProvisioning, type ProvisioningState } from './rules.ts';

/** What of an organization decides about somebody who was invited, and whom nobody knows yet. */
export type Doorstep = Pick<ProvisioningState, 'policy' | 'domainIsAllowed' | 'domainIsOwned'>;

/**
 * The code with which the sign-in of an invited address would be refused, by the very rules that will decide it, if the
 * identity provider asserts that address and calls it neither verified nor unverified.
 */
export function foreseeRefusal(emailKey: string, doorstep: Doorstep): ErrorCode | undefined {
  const plan = planProvisioning({
    ...doorstep,
    person: { emailKey, emailVerified: 'unknown', firstName: '', lastName: '' },
    invitation: 'fits',
    known: undefined,
    namesake: undefined,
  });
  return plan.kind === 'refuse' ? plan.code : undefined;
}

import type { ErrorCode } from '../contract/errors.ts';
import { planProvisioning, type ProvisioningState } from './rules.ts';

/** The settings of an organization that decide a first sign-in of an invited user. */
export type Doorstep = Pick<ProvisioningState, 'policy' | 'domainIsAllowed' | 'domainIsOwned'>;

/**
 * Predicts the refusal code of an invited address with the rules that decide the sign-in. It assumes that the identity
 * provider asserts that address and sends no email_verified.
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

import type { EmailAddress } from '../contract/email-address.ts';
import type { InvitationWarning } from '../contract/invitations.ts';
import type { StoredOrganization } from '../access/queries.ts';
import type { Db, Tx } from '../storage/database.ts';
import type { InvitationRow } from './queries.ts';

/** Why a sign-in with an invited address would be refused now. */
export type ForeseenRefusal = 'sign_in_unavailable' | 'email_domain_not_allowed' | 'email_domain_not_verified';

/** Predicts for addresses how their first sign-in to an organization would end. Create it once for many addresses. */
export type Foresee = (
  db: Db | Tx,
  organization: StoredOrganization,
) => Promise<(address: Pick<EmailAddress, 'key' | 'domain'>) => Promise<ForeseenRefusal | undefined>>;

const refusals: Readonly<Record<ForeseenRefusal, string>> = {
  sign_in_unavailable: 'The organization has no active OIDC configuration, so the link leads to no sign-in yet.',
  email_domain_not_allowed:
    'The allowedEmailDomains of the OIDC configuration will refuse this address at the sign-in. Add its domain there.',
  email_domain_not_verified:
    'The admission policy will refuse this address at the sign-in: its domain is not verified. Verify it, or change the policy.',
};

const limits: Readonly<Record<NonNullable<InvitationRow['mail_limit']>, string>> = {
  organization:
    'No message was sent: the organization caused as many within an hour as it may. Pass the link on, or renew the invitation later.',
  address:
    'No message was sent: the address got one within the last minutes, or its mailbox or domain got as many within a day as it may. Pass the link on, or renew the invitation later.',
};

/** Warnings about an open invitation. */
export function warningsOf(
  { mail_limit: limit }: Pick<InvitationRow, 'mail_limit'>,
  refusal: ForeseenRefusal | undefined,
): InvitationWarning[] {
  return [
    ...(refusal === undefined ? [] : [{ code: refusal, message: refusals[refusal] }]),
    ...(limit === null ? [] : [{ code: 'mail_limited', message: limits[limit] } as const]),
  ];
}

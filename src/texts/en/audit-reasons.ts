import type { EmailDomainLapse, SessionEndReason, SkippedAddress, WebhookPause } from '../../contract/audit-reasons.ts';

/** The reasons in the metadata of audit entries. */
export const auditReasons: Readonly<
  Record<SessionEndReason | SkippedAddress | EmailDomainLapse | WebhookPause, string>
> = {
  // Why a session ended.
  logout: 'The user signed out.',
  ended_by_user: 'The user ended the session.',
  ended_by_admin: 'An admin ended the session.',
  declined_by_user: 'The user declined to replace the session of another account.',
  replaced_by_sign_in: 'A new sign-in in the same browser replaced the session.',
  refresh_token_reused: 'A refresh token was used twice, so it may be stolen.',
  connection_changed: 'The connection was changed.',
  connection_deleted: 'The connection was deleted.',
  membership_deactivated: 'The membership was deactivated.',
  membership_removed: 'The membership was removed.',
  identity_relinked: 'Another identity was linked to the member.',
  database_restored: 'The database was restored from a backup.',

  // Why the e-mail address of an account did not follow the identity provider.
  taken: 'Another member of the organization has the e-mail address.',
  domain_not_verified: 'The organization has not verified the domain of the e-mail address.',
  address_not_verified: 'The identity provider says that the e-mail address is not verified.',
  instance_admin: 'The user is an instance admin, whose address follows no identity provider.',

  // Why an e-mail domain is no longer verified.
  record_missing: 'The TXT record of the domain is gone.',
  verified_elsewhere: 'Another organization has verified the domain.',

  // Why an audit webhook was paused.
  by_admin: 'An admin paused the webhook.',
  gone: 'The receiver responded with 410 (Gone).',
  failing: 'Every delivery failed for days.',
  grants_ended: 'The membership of the admin who created the webhook ended.',
};

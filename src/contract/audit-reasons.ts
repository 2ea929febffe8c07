import type { AuditWebhookPauseReason } from './audit-webhooks.ts';

/** Why a session ended, as its row and the audit trail store it. */
export type SessionEndReason =
  | 'logout'
  | 'ended_by_user'
  | 'ended_by_admin'
  | 'declined_by_user'
  | 'replaced_by_sign_in'
  | 'refresh_token_reused'
  | 'connection_changed'
  | 'connection_deleted'
  | 'membership_deactivated'
  | 'membership_removed'
  | 'identity_relinked'
  | 'database_restored';

/** Why the e-mail address of an account did not follow what the identity provider asserts. */
export type SkippedAddress = 'taken' | 'domain_not_verified' | 'address_not_verified' | 'instance_admin';

/** Why an e-mail domain is no longer verified. */
export type EmailDomainLapse = 'record_missing' | 'verified_elsewhere';

/** Why an audit webhook was paused. */
export type WebhookPause = AuditWebhookPauseReason | 'grants_ended';

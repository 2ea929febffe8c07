/** What can go wrong with an audit webhook: a part of the table in `errors.ts`, which says what its columns mean. */
export const auditWebhookErrorTable = {
  audit_webhook_not_found: {
    status: 404,
    error: 'NotFound',
    message: 'The audit trail of this organization is delivered nowhere.',
  },
  audit_webhook_exists: {
    status: 409,
    error: 'Conflict',
    message: 'The audit trail of this organization is delivered to a URL already. Change it with PATCH.',
  },
} as const;

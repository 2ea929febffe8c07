/**
 * Every column that names a user, and what `endGrants` does about it: it ends what the row gives, or keeps the row for
 * the given reason. A test compares this list with the schema, so a new column needs a decision here.
 */
export const userColumns: Readonly<Record<string, 'ended' | { readonly kept: string }>> = {
  'sessions.user_id': 'ended',
  'break_glass_codes.user_id': 'ended',
  // What an admin has marked as seen. After relinking, the owner sees every use that an attacker had marked.
  'emergency_use_readers.user_id': 'ended',
  'invitations.inviter_id': 'ended',
  'user_identities.relink_granter_id': 'ended',
  'relinkable_issuers.granter_id': 'ended',
  'machine_identities.granter_id': 'ended',
  'client_secrets.granter_id': 'ended',
  'audit_webhooks.granter_id': 'ended',
  'memberships.user_id': { kept: 'The caller deactivates or deletes the membership, or its owner returns to it.' },
  'group_memberships.user_id': { kept: 'Goes with a deleted membership. Otherwise admins or the provider decide.' },
  'user_identities.user_id': { kept: 'Who the user is at the provider.' },
  'emergency_uses.user_id': { kept: 'A record of what happened.' },
  'invitations.accepted_user_id': { kept: 'A record of what happened.' },
  'login_attempts.user_id': { kept: 'A record of what happened.' },
};

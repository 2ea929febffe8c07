import { organizationId, role, timestamps } from './column-kinds.ts';

/** Invitations and the e-mail messages about them. */
export const invitationTables = [
  // An invitation to an e-mail address. There is no user until the identity provider has identified one at the first
  // sign-in. Each address has at most one open invitation in an organization. `group_ids` is a JSON list, `token_hash` is
  // of the token in the link, and `mail_limit` is the limit that kept the newest message from being sent.
  `create table invitations (
    id text primary key not null,
    ${organizationId},
    email text not null,
    email_key text not null,
    ${role('role')},
    group_ids text not null,
    status text not null check (status in ('invited', 'accepted', 'revoked', 'expired')),
    token_hash text not null unique,
    inviter_kind text not null check (inviter_kind in ('user', 'identity')),
    inviter_id text not null,
    inviter_name text not null,
    inviter_proof text,
    mail_id text,
    mail_limit text check (mail_limit in ('organization', 'address')),
    accepted_user_id text,
    expires_at bigint not null,
    ${timestamps}
  )`,
  `create unique index invitations_open on invitations (organization_id, email_key) where status = 'invited'`,
  `create index invitations_by_time on invitations (organization_id, created_at, id)`,
  `create index invitations_by_end on invitations (expires_at)`,
  `create index invitations_by_status on invitations (organization_id, status, created_at, id)`,
  `create index invitations_by_status_and_end on invitations (organization_id, status, expires_at)`,

  // An e-mail message that a committed change has promised. The message contains the invitation's link, so it is sealed,
  // and deleted from the row when it is no longer needed. The row stays for the limits on messages, which count by hashes
  // of the address, of the mailbox (all spellings of one address) and of the domain.
  `create table mail_outbox (
    id text primary key not null,
    ${organizationId},
    sealed_message text not null,
    address_hash text not null,
    mailbox_hash text not null,
    domain_hash text not null,
    status text not null check (status in ('queued', 'sent', 'failed', 'withdrawn')),
    attempt_count bigint not null check (attempt_count >= 0),
    next_attempt_at bigint,
    ${timestamps}
  )`,
  `create index mail_outbox_by_next_attempt on mail_outbox (next_attempt_at)`,
  `create index mail_outbox_by_time on mail_outbox (organization_id, created_at)`,
  `create index mail_outbox_by_age on mail_outbox (created_at)`,
  `create index mail_outbox_by_address on mail_outbox (address_hash, created_at)`,
  `create index mail_outbox_by_mailbox on mail_outbox (mailbox_hash, created_at)`,
  `create index mail_outbox_by_domain on mail_outbox (domain_hash, created_at)`,
];

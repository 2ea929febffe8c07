import type { Generated } from 'kysely';

import type { InvitationStatus } from '../../contract/invitations.ts';
import type { Role } from '../../contract/shapes.ts';

/** Invitations by address. `group_ids` is a JSON list; `token_hash`: SHA-256, in hex, of what the link holds. */
export interface InvitationsTable {
  id: string;
  organization_id: string;
  email: string;
  email_key: string;
  role: Role;
  group_ids: string;
  /** One whose time ran out may still say `invited`: whoever asks compares `expires_at`. */
  status: InvitationStatus;
  token_hash: string;
  inviter_kind: 'user' | 'identity';
  inviter_id: string;
  inviter_name: string;
  /** The sign-in method of a person, or the id of the client secret behind a machine identity's token. */
  inviter_proof: Generated<string | null>;
  /** The newest message about it in `mail_outbox`. */
  mail_id: string | null;
  /** Whose share of messages was used up when the newest link was made, so that none brings it. */
  mail_limit: Generated<'organization' | 'address' | null>;
  accepted_user_id: string | null;
  created_at: number;
  updated_at: number;
  expires_at: number;
}

/** Messages that were promised by a committed change. One that nobody needs any more is the empty text. */
export interface MailOutboxTable {
  id: string;
  organization_id: string;
  sealed_message: string;
  /** Of the address that it goes to, to count by. Empty in rows of before there was such a thing. */
  address_hash: string;
  /** Of the mailbox and of the domain, for the limits of all organizations together. */
  mailbox_hash: Generated<string>;
  domain_hash: Generated<string>;
  status: 'queued' | 'sent' | 'failed' | 'withdrawn';
  attempts: number;
  next_attempt_at: number | null;
  created_at: number;
  updated_at: number;
}

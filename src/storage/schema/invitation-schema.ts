import type { Generated } from 'kysely';

import type { InvitationStatus } from '../../contract/invitations.ts';
import type { Role } from '../../contract/shapes.ts';

/** An invitation to an e-mail address. */
export interface InvitationsTable {
  id: string;
  organization_id: string;
  email: string;
  email_key: string;
  role: Role;
  /** A JSON list. */
  group_ids: string;
  /** An expired invitation may still have the status `invited`: compare `expires_at`. */
  status: InvitationStatus;
  /** SHA-256, in hex, of the token in the link. */
  token_hash: string;
  inviter_kind: 'user' | 'identity';
  inviter_id: string;
  inviter_name: string;
  /** The sign-in method of a user, or the id of the client secret behind a machine identity's token. */
  inviter_proof: Generated<string | null>;
  /** The newest message about it in `mail_outbox`. */
  mail_id: string | null;
  /** The limit that kept the newest link from being sent. */
  mail_limit: Generated<'organization' | 'address' | null>;
  accepted_user_id: string | null;
  expires_at: number;
  created_at: number;
  updated_at: number;
}

/** An e-mail message that a committed change has promised. */
export interface MailOutboxTable {
  id: string;
  organization_id: string;
  /** Empty once the message is no longer needed. */
  sealed_message: string;
  /** Hashes of the address, its mailbox and its domain, for the limits on messages. */
  address_hash: string;
  mailbox_hash: string;
  domain_hash: string;
  status: 'queued' | 'sent' | 'failed' | 'withdrawn';
  attempt_count: number;
  next_attempt_at: number | null;
  created_at: number;
  updated_at: number;
}

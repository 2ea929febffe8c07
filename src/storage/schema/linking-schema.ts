import type { Generated } from 'kysely';

import type { Bit } from './codecs.ts';

/** Who a person is at an identity provider. `identity_key`: SHA-256, in hex, of organization, issuer and subject. */
export interface UserIdentitiesTable {
  id: string;
  organization_id: string;
  user_id: string;
  issuer: string;
  subject: string;
  identity_key: string;
  created_at: number;
  last_login_at: number;
  /** Until when another identity may take its place; `null` when none may. */
  relink_until_at: Generated<number | null>;
  /** Who allowed it. */
  relink_granter_kind: Generated<'user' | 'identity' | null>;
  relink_granter_id: Generated<string | null>;
  relink_granter_proof: Generated<string | null>;
  /** Whether machine identities keep the rights and secrets that the member gave them. */
  relink_keeps_machine_access: Generated<Bit>;
}

/** Issuers of which an organization lets the identities go, so that those of another one may take their places. */
export interface RelinkableIssuersTable {
  organization_id: string;
  issuer: string;
  until_at: number;
  granter_kind: 'user' | 'identity';
  granter_id: string;
  granter_proof: Generated<string | null>;
  keeps_machine_access: Generated<Bit>;
}

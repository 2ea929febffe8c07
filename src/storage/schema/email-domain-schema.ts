import type { EmailDomainStatus } from '../../contract/email-domains.ts';

/** An e-mail domain that an organization added, and what DNS last said about it. */
export interface EmailDomainsTable {
  id: string;
  organization_id: string;
  domain: string;
  status: EmailDomainStatus;
  record_name: string;
  record_value: string;
  /** `null` while the domain is verified: the record in DNS does not expire then. */
  code_expires_at: number | null;
  verified_at: number | null;
  /** When the record was last found. */
  last_seen_at: number | null;
  last_checked_at: number | null;
  grace_ends_at: number | null;
  next_check_at: number | null;
  revision: number;
  created_at: number;
  updated_at: number;
}

/** A domain that the operator assigned to an organization in the settings. */
export interface OperatorDomainsTable {
  id: string;
  domain: string;
  /** The organization's slug or id, as the settings have it. */
  configured_organization: string;
  organization_id: string;
  bound_at: number;
}

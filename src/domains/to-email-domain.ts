import type { EmailDomain } from '../contract/email-domains.ts';
import type { EmailDomainRow, OperatorDomainRow } from './queries.ts';

/** A domain as the API shows it. */
export function toEmailDomain(row: EmailDomainRow): EmailDomain {
  return {
    id: row.id,
    orgId: row.organization_id,
    domain: row.domain,
    status: row.status,
    verificationMethod: 'dns-txt',
    verificationRecordName: row.record_name,
    verificationCode: row.record_value,
    codeExpiresAt: moment(row.code_expires_at),
    verifiedAt: moment(row.verified_at),
    lastCheckedAt: moment(row.last_checked_at),
    graceEndsAt: moment(row.grace_ends_at),
    createdAt: new Date(row.created_at).toISOString(),
  };
}

/** A domain that the operator assigned, in the same shape: it needs no DNS record. */
export function toVouchedEmailDomain(row: OperatorDomainRow): EmailDomain {
  const boundAt = new Date(row.bound_at).toISOString();
  return {
    id: row.id,
    orgId: row.organization_id,
    domain: row.domain,
    status: 'verified',
    verificationMethod: 'operator',
    verificationRecordName: '',
    verificationCode: '',
    codeExpiresAt: null,
    verifiedAt: boundAt,
    lastCheckedAt: null,
    graceEndsAt: null,
    createdAt: boundAt,
  };
}

function moment(ms: number | null): string | null {
  return ms === null ? null : new Date(ms).toISOString();
}

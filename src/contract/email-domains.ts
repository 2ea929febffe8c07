import { Type, type Static } from 'typebox';

import { domainTextLengthMax, emailDomainsListedMax } from './limits.ts';
import { TotalCount, wholeListQuery } from './page.ts';
import type { RouteContract } from './route.ts';
import { AnyIdentifier, Id, Timestamp } from './shapes.ts';
import { Text } from './text.ts';

/**
 * The status of an organization's domain. `grace`: the record is missing, and the domain still counts for a while.
 * `lapsed`: the record did not return, or another organization verified the domain.
 */
export const emailDomainStatuses = ['pending', 'verified', 'grace', 'lapsed'] as const;
export type EmailDomainStatus = (typeof emailDomainStatuses)[number];

const MomentOrNever = Type.Union([Timestamp, Type.Null()]);

export const EmailDomain = Type.Object({
  id: Id,
  orgId: Id,
  domain: Type.String({ description: 'In lower case, with A-labels.' }),
  status: Type.Enum(emailDomainStatuses),
  verificationMethod: Type.Enum(['dns-txt', 'operator'], {
    description: "`operator`: the operator assigned the domain in the server's settings.",
  }),
  verificationRecordName: Type.String({ description: 'The name of the TXT record; empty if no record is needed.' }),
  verificationCode: Type.String({ description: 'The full value of the TXT record. Empty if none is needed.' }),
  codeExpiresAt: MomentOrNever,
  verifiedAt: MomentOrNever,
  lastCheckedAt: MomentOrNever,
  graceEndsAt: MomentOrNever,
  createdAt: Timestamp,
});
export type EmailDomain = Static<typeof EmailDomain>;

export const CreateEmailDomainBody = Type.Object({
  domain: Text({ lengthMin: 1, lengthMax: domainTextLengthMax, examples: ['acme.com'] }),
  organizationId: Type.Optional(AnyIdentifier),
});
export type CreateEmailDomainBody = Static<typeof CreateEmailDomainBody>;

const organizationChoice = { organizationId: Type.Optional(AnyIdentifier) };
const OrganizationChoice = Type.Object(organizationChoice);
const ById = Type.Object({ id: AnyIdentifier });
const OneDomain = Type.Object({ emailDomain: EmailDomain });
const shared = { tag: 'E-mail domains', access: 'organization' } as const;

export const emailDomainRoutes = {
  createEmailDomain: {
    ...shared,
    method: 'POST',
    url: '/api/v1/email-domains',
    operationId: 'createEmailDomain',
    summary: 'Add an e-mail domain, or renew its expired code',
    limit: 'write',
    body: CreateEmailDomainBody,
    response: OneDomain,
  },
  verifyEmailDomain: {
    ...shared,
    method: 'POST',
    url: '/api/v1/email-domains/:id/verify',
    operationId: 'verifyEmailDomain',
    summary: 'Check the TXT record now',
    limit: 'write',
    params: ById,
    query: OrganizationChoice,
    response: OneDomain,
  },
  listEmailDomains: {
    ...shared,
    method: 'GET',
    url: '/api/v1/email-domains',
    operationId: 'listEmailDomains',
    summary: "List the organization's e-mail domains",
    limit: 'read',
    query: Type.Object({ ...organizationChoice, ...wholeListQuery(emailDomainsListedMax) }),
    list: 'emailDomains',
    response: Type.Object({ emailDomains: Type.Array(EmailDomain), totalCount: TotalCount }),
  },
  deleteEmailDomain: {
    ...shared,
    method: 'DELETE',
    url: '/api/v1/email-domains/:id',
    operationId: 'deleteEmailDomain',
    summary: 'Delete an e-mail domain',
    limit: 'write',
    params: ById,
    query: OrganizationChoice,
    response: OneDomain,
  },
} as const satisfies Record<string, RouteContract>;

import { count, organizationId, timestamps } from './column-kinds.ts';

/** E-mail domains of organizations. */
export const emailDomainTables = [
  // An e-mail domain that an organization added. Several organizations may add a domain, and the unique index lets only
  // one own it. `record_name` and `record_value` stay as the admin first saw them, so that a change of the operator's
  // settings does not invalidate DNS records. `revision` grows with every change: the result of a DNS query is written
  // only if the row is still the one that was queried for.
  `create table email_domains (
    id text primary key not null,
    ${organizationId},
    domain text not null,
    status text not null check (status in ('pending', 'verified', 'grace', 'lapsed')),
    record_name text not null,
    record_value text not null,
    code_expires_at bigint,
    verified_at bigint,
    last_seen_at bigint,
    last_checked_at bigint,
    grace_ends_at bigint,
    next_check_at bigint,
    ${count('revision')},
    ${timestamps},
    unique (organization_id, domain)
  )`,
  `create unique index email_domains_owned on email_domains (domain) where status in ('verified', 'grace')`,
  `create index email_domains_by_domain on email_domains (domain, status)`,
  `create index email_domains_by_next_check on email_domains (next_check_at)`,

  // A domain that the operator assigned to an organization in the settings. `configured_organization` is the slug or id
  // in the settings; `organization_id` is the organization that it named at first. The slug may move to another
  // organization later, and the domain must not move with it. There is no foreign key: a domain of a deleted
  // organization belongs to no organization, even if another one takes the slug.
  `create table operator_domains (
    id text primary key not null,
    domain text not null unique,
    configured_organization text not null,
    organization_id text not null,
    bound_at bigint not null
  )`,
];

import { type Kysely, sql } from 'kysely';

import { forEngine } from './for-engine.ts';

/**
 * The e-mail domains of organizations.
 *
 * Any number of organizations may claim a domain; one owns it, which the unique index over the rows that count makes
 * sure of on both engines, whatever two requests do at once. The record's name and its value are kept as they were told
 * to the admin, so that a change of the operator's settings does not invalidate records that stand in DNS. `revision`
 * grows with every change: what was decided while DNS was asked is only written onto the row that was asked about.
 *
 * `operator_domains` remembers which organization the operator's settings meant when they were first carried out. A
 * slug can be given up and taken by another organization, so it must not decide anew each time. There is no foreign
 * key: a domain of an organization that is gone belongs to nobody, rather than to whoever takes the slug next.
 */
export async function emailDomains(db: Kysely<unknown>, engine: 'sqlite' | 'postgres'): Promise<void> {
  for (const statement of statements) {
    // The statements are constants of this file; nothing from outside gets into them.
    await sql.raw(forEngine(statement, engine)).execute(db);
  }
}

const statements = [
  `create table email_domains (
    id text primary key not null,
    organization_id text not null references organizations (id) on delete cascade,
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
    revision bigint not null check (revision >= 0),
    created_at bigint not null,
    updated_at bigint not null,
    unique (organization_id, domain)
  )`,
  `create unique index email_domains_owned on email_domains (domain) where status in ('verified', 'grace')`,
  `create index email_domains_by_domain on email_domains (domain, status)`,
  `create index email_domains_by_next_check on email_domains (next_check_at)`,
  `create table operator_domains (
    id text primary key not null,
    domain text not null unique,
    named text not null,
    organization_id text not null,
    bound_at bigint not null
  )`,
];

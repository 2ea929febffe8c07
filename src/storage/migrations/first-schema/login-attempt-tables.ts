/** Records of sign-in attempts. */
export const loginAttemptTables = [
  // A sign-in attempt. `details` is JSON. Admins read the attempts newest first, by error code and by user. Two of the
  // indexes cover only some of the rows, so that a successful sign-in does not pay for them.
  `create table login_attempts (
    id text primary key not null,
    organization_id text references organizations (id) on delete cascade,
    outcome text not null check (outcome in ('started', 'succeeded', 'refused')),
    code text,
    user_id text,
    details text not null,
    created_at bigint not null,
    finished_at bigint
  )`,
  `create index login_attempts_by_organization on login_attempts (organization_id, created_at, id)`,
  `create index login_attempts_refused on login_attempts (organization_id, created_at, id) where outcome = 'refused'`,
  `create index login_attempts_by_code on login_attempts (organization_id, code, created_at, id)
    where outcome = 'refused'`,
  `create index login_attempts_by_user on login_attempts (organization_id, user_id, created_at, id)
    where user_id is not null`,

  // How many sign-in attempts of an organization were refused in one minute: how many have a row in `login_attempts`, and
  // how many were only counted, so that a flood does not fill the table.
  `create table refused_login_attempt_counts (
    organization_id text not null,
    minute_at bigint not null,
    recorded bigint not null,
    omitted bigint not null,
    primary key (organization_id, minute_at)
  )`,
  `create index refused_login_attempt_counts_by_time on refused_login_attempt_counts (minute_at) where omitted = 0`,
  `create index refused_login_attempt_counts_omitted on refused_login_attempt_counts (minute_at) where omitted > 0`,
];

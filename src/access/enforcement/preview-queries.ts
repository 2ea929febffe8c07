import { sql } from 'kysely';

import type { ShutOutReason } from '../../contract/enforcement.ts';
import { isLiveAt } from '../../sessions/live-session-queries.ts';
import type { Db } from '../../storage/database.ts';

interface Place {
  readonly organizationId: string;
  readonly nowMs: number;
}

/** The number of active members, or of those whom an enforcement would shut out for one reason or any. */
export async function countMembers(db: Db, place: Place, reason?: ShutOutReason | 'any'): Promise<number> {
  const members = reason === undefined ? activeMembers(db, place) : shutOutMembers(db, place, reason);
  const { count } = await members.select((row) => row.fn.countAll<number>().as('count')).executeTakeFirstOrThrow();
  return Number(count);
}

/** A page of the members whom an enforcement would shut out, by e-mail address. */
export async function listShutOutMembers(
  db: Db,
  place: Place,
  { reason, offset, limit }: { reason: ShutOutReason | 'any'; offset: number; limit: number },
) {
  return shutOutMembers(db, place, reason)
    .innerJoin('users', 'users.id', 'memberships.user_id')
    .select(['users.id', 'users.email', 'users.username', 'memberships.role'])
    .select([
      hasIdentity.as('has_identity'),
      otherSessions(place).as('other_sessions'),
      isGroupAdmin.as('is_group_admin'),
    ])
    .orderBy('memberships.email_key')
    .offset(offset)
    .limit(limit)
    .execute();
}

/** The active admins, also through a group, with what each could use to sign in. */
export async function listAdmins(db: Db, place: Place, limit: number) {
  return activeMembers(db, place)
    .innerJoin('users', 'users.id', 'memberships.user_id')
    .select(['users.id', 'users.email', 'users.password_hash', hasIdentity.as('has_identity')])
    .select(
      sql<number>`(select count(*) from break_glass_codes where break_glass_codes.organization_id =
        memberships.organization_id and break_glass_codes.user_id = memberships.user_id and used_at is null)`.as(
        'codes_left',
      ),
    )
    .where((row) => row.or([row('memberships.role', '=', 'admin'), sql<boolean>`${isGroupAdmin} = 1`]))
    .orderBy('memberships.email_key')
    .limit(limit)
    .execute();
}

function activeMembers(db: Db, { organizationId }: Place) {
  return db
    .selectFrom('memberships')
    .where('memberships.organization_id', '=', organizationId)
    .where('memberships.status', '=', 'accepted')
    .where('memberships.is_active', '=', 1);
}

function shutOutMembers(db: Db, place: Place, reason: ShutOutReason | 'any') {
  const lacksIdentity = sql<boolean>`${hasIdentity} = 0`;
  const hasOther = sql<boolean>`${otherSessions(place)} > 0`;
  const members = activeMembers(db, place);
  switch (reason) {
    case 'no-identity':
      return members.where(lacksIdentity);
    case 'other-session':
      return members.where(hasOther);
    case 'any':
      return members.where((row) => row.or([lacksIdentity, hasOther]));
    default:
      return reason satisfies never;
  }
}

const hasIdentity = sql<number>`case when exists (select 1 from user_identities where user_identities.organization_id =
  memberships.organization_id and user_identities.user_id = memberships.user_id) then 1 else 0 end`;

const isGroupAdmin = sql<number>`case when exists (select 1 from group_memberships inner join groups on groups.id =
  group_memberships.group_id where group_memberships.organization_id = memberships.organization_id and
  group_memberships.user_id = memberships.user_id and groups.role = 'admin') then 1 else 0 end`;

// A session from a break-glass code satisfies the enforcement, so it would not be shut out.
function otherSessions({ nowMs }: Place) {
  return sql<number>`(select count(*) from sessions where sessions.user_id = memberships.user_id and
    sessions.organization_id = memberships.organization_id and sessions.auth_method = 'password' and
    ${isLiveAt(nowMs)})`;
}

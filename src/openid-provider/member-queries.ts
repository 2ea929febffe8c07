import type { SessionEndReason } from '../contract/audit-reasons.ts';
import { isIdentifier } from '../contract/identifier.ts';
import { asId, type OrganizationId, type UserId } from '../contract/ids.ts';
import type { Role } from '../contract/shapes.ts';
import { strongestRole } from '../access/permissions.ts';
import { findSessionOfBrowser } from '../sessions/queries.ts';
import type { Db, Tx } from '../storage/database.ts';
import { type Params, statement } from '../storage/statement.ts';

/** A session through an organization's identity provider, and its user as a member. */
export interface MemberSession {
  readonly sessionId: string;
  readonly userId: UserId;
  readonly organization: { readonly id: OrganizationId; readonly slug: string; readonly name: string };
  readonly email: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly role: Role;
  readonly groups: readonly { readonly id: string; readonly name: string }[];
  readonly signedInAtMs: number;
  readonly expiresAtMs: number;
  readonly endedAtMs: number | null;
  readonly endReason: SessionEndReason | null;
  readonly issuer: string | null;
  readonly subject: string | null;
  readonly acr: string | null;
  readonly amr: readonly string[];
  readonly authenticatedAtMs: number | null;
}

/**
 * A session of an active member, with the member's role and groups as they are now. It may have ended; who calls decides
 * what that means. A session of a former or deactivated member is not found.
 */
export async function findMemberSession(db: Db | Tx, sessionId: string): Promise<MemberSession | undefined> {
  const row = await memberSession.first(db, { sessionId });
  return row === undefined ? undefined : withGroups(db, row);
}

/** The live session of a browser, by the hash of its cookie. */
export async function findBrowserSession(
  db: Db | Tx,
  { browserHash, nowMs }: { browserHash: string; nowMs: number },
): Promise<MemberSession | undefined> {
  const found = await findSessionOfBrowser(db, { browserHash, nowMs });
  return found === undefined ? undefined : findMemberSession(db, found.id);
}

/** The id of the organization with an id or a slug. */
export async function findOrganizationNamed(db: Db | Tx, name: string): Promise<OrganizationId | undefined> {
  const column = isIdentifier(name) ? 'id' : 'slug';
  if (!/^[\w-]+$/.test(name)) return undefined;
  const row = await db.selectFrom('organizations').select('id').where(column, '=', name).executeTakeFirst();
  return row && asId<OrganizationId>(row.id);
}

const memberSession = statement((db: Db | Tx, { sessionId }: Params<{ sessionId: string }>) =>
  db
    .selectFrom('sessions')
    .innerJoin('organizations', 'organizations.id', 'sessions.organization_id')
    .innerJoin('users', 'users.id', 'sessions.user_id')
    .innerJoin('memberships', (join) =>
      join
        .onRef('memberships.organization_id', '=', 'sessions.organization_id')
        .onRef('memberships.user_id', '=', 'sessions.user_id'),
    )
    .select(['sessions.id', 'sessions.user_id', 'sessions.authenticated_at', 'sessions.expires_at'])
    .select(['sessions.ended_at', 'sessions.end_reason', 'sessions.idp_issuer', 'sessions.idp_subject'])
    .select(['sessions.idp_acr', 'sessions.idp_amr', 'sessions.idp_authenticated_at'])
    .select(['organizations.id as organization_id', 'organizations.slug', 'organizations.name'])
    .select(['users.email', 'users.first_name', 'users.last_name', 'memberships.role'])
    .where('sessions.id', '=', sessionId)
    .where('sessions.auth_method', '=', 'oidc')
    .where('memberships.is_active', '=', 1),
);

const groupsOfMember = statement(
  (db: Db | Tx, { organizationId, userId }: Params<{ organizationId: string; userId: string }>) =>
    db
      .selectFrom('group_memberships')
      .innerJoin('groups', 'groups.id', 'group_memberships.group_id')
      .select(['groups.id', 'groups.name', 'groups.role'])
      .where('group_memberships.organization_id', '=', organizationId)
      .where('group_memberships.user_id', '=', userId)
      .orderBy('groups.name'),
);

type MemberSessionRow = NonNullable<Awaited<ReturnType<typeof memberSession.first>>>;

async function withGroups(db: Db | Tx, row: MemberSessionRow): Promise<MemberSession> {
  const groups = await groupsOfMember.all(db, { organizationId: row.organization_id, userId: row.user_id });
  return {
    sessionId: row.id,
    userId: asId<UserId>(row.user_id),
    organization: { id: asId<OrganizationId>(row.organization_id), slug: row.slug, name: row.name },
    email: row.email,
    firstName: row.first_name,
    lastName: row.last_name,
    role: strongestRole([row.role, ...groups.map(({ role }) => role)]),
    groups: groups.map(({ id, name }) => ({ id, name })),
    signedInAtMs: row.authenticated_at,
    expiresAtMs: row.expires_at,
    endedAtMs: row.ended_at,
    endReason: row.end_reason,
    issuer: row.idp_issuer,
    subject: row.idp_subject,
    acr: row.idp_acr,
    amr: row.idp_amr === null ? [] : jsonOf<string[]>(row.idp_amr),
    authenticatedAtMs: row.idp_authenticated_at,
  };
}

function jsonOf<Value>(json: string): Value {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the sign-in wrote it
  return JSON.parse(json) as Value;
}

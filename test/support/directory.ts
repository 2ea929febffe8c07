import { sql } from 'kysely';

import { createAuditTrail } from '../../src/audit/audit-trail.ts';
import type { MachineActor, ClientInfo, UserActor } from '../../src/contract/actor.ts';
import {
  asId,
  type MachineIdentityId,
  type OrganizationId,
  type SessionId,
  type UserId,
} from '../../src/contract/ids.ts';
import type { Role } from '../../src/contract/shapes.ts';
import { insertIdentity } from '../../src/machine-identities/queries.ts';
import { silentLogger } from '../../src/kernel/logger.ts';
import { systemRandom } from '../../src/kernel/random.ts';
import { addMember } from '../../src/memberships/add-member.ts';
import { addOrganization } from '../../src/organizations/add-organization.ts';
import { insertMachineToken } from '../../src/machine-login/queries.ts';
import { insertSession } from '../../src/sessions/queries.ts';
import { toBit } from '../../src/storage/schema/codecs.ts';
import type { Database } from '../../src/storage/database.ts';
import { testHeadKeys } from './audit.ts';

/** A clock that does not move until a test moves it. */
interface StillClock {
  nowMs(): number;
  advanceSeconds(seconds: number): void;
}

function createStillClock(startMs = Date.UTC(2030, 0, 1)): StillClock {
  let nowMs = startMs;
  return { nowMs: () => nowMs, advanceSeconds: (seconds) => void (nowMs += seconds * 1000) };
}

const dayMs = 86_400_000;

export const testOrigin: ClientInfo = { ipAddress: '192.0.2.10', userAgent: 'test' };

/** The dependencies of the directory's use cases, with a real database, and functions to fill it. */
export function createDirectory(bare: Database) {
  const clock = createStillClock();
  const random = systemRandom;
  const keys = testHeadKeys();
  const { database, append: audit } = createAuditTrail({ database: bare, keys, clock, random, logger: silentLogger });
  const times = () => ({ created_at: clock.nowMs(), updated_at: clock.nowMs() });

  async function addTestOrganization(name: string): Promise<OrganizationId> {
    const row = await database.transaction((tx) =>
      addOrganization({ clock, random, vouchedSlugs: new Set() }, tx, { name, vouchedSlug: 'never' }),
    );
    return asId<OrganizationId>(row.id);
  }

  async function addUser(username: string): Promise<UserActor> {
    const userId = asId<UserId>(random.uuid());
    const email = `${username}@acme.example`;
    const names = { username, email, email_key: email, first_name: username, last_name: 'Person' };
    const flags = { is_email_verified: 1, is_instance_admin: 0, password_hash: null } as const;
    await database.transaction(async (tx) => {
      await tx
        .insertInto('users')
        .values({ id: userId, ...names, ...flags, ...times() })
        .execute();
    });
    const sessionId = asId<SessionId>(random.uuid());
    await database.transaction((tx) => insertSession(tx, sessionRow(sessionId, userId)));
    return {
      kind: 'user',
      userId,
      email,
      sessionId,
      organizationId: undefined,
      authMethod: 'oidc',
      isInstanceAdmin: false,
    };
  }

  const sessionRow = (id: SessionId, userId: UserId) => ({
    id,
    user_id: userId,
    organization_id: null,
    auth_method: 'oidc' as const,
    connection_id: null,
    family_hash: '',
    refresh_hash: '',
    refresh_count: 0,
    ip_address: testOrigin.ipAddress,
    user_agent: testOrigin.userAgent,
    created_at: clock.nowMs(),
    last_used_at: clock.nowMs(),
    expires_at: clock.nowMs() + dayMs,
    ended_at: null,
    end_reason: null,
    authenticated_at: clock.nowMs(),
  });

  const tokenRow = (id: string, identityId: string) => ({
    id,
    identity_id: identityId,
    client_secret_id: null,
    ttl_seconds: 86_400,
    max_ttl_seconds: 0,
    num_uses: 0,
    num_uses_limit: 0,
    created_at: clock.nowMs(),
    renewed_at: null,
    expires_at: clock.nowMs() + dayMs,
    is_revoked: 0 as const,
  });

  /** Makes a user a member, and returns the actor of a session for that organization. */
  async function join(user: UserActor, organizationId: OrganizationId, role: Role): Promise<UserActor> {
    const member = { organizationId, userId: user.userId, emailKey: user.email, role, source: 'sso' } as const;
    await database.transaction((tx) => addMember({ clock, random }, tx, member));
    return { ...user, organizationId };
  }

  async function addMachine(
    organizationId: OrganizationId,
    { role, isInstanceAdmin = false }: { role: Role; isInstanceAdmin?: boolean },
  ): Promise<MachineActor> {
    const id = random.uuid();
    const name = `machine-${id}`;
    const row = {
      id,
      organization_id: organizationId,
      name,
      role,
      is_instance_admin: toBit(isInstanceAdmin),
      ...times(),
    };
    const tokenId = random.uuid();
    await database.transaction(async (tx) => {
      await insertIdentity(tx, row);
      await insertMachineToken(tx, tokenRow(tokenId, id));
    });
    return {
      kind: 'identity',
      identityId: asId<MachineIdentityId>(id),
      name,
      tokenId,
      clientSecretId: undefined,
      organizationId,
      isInstanceAdmin,
    };
  }

  /** The types of the events in an organization's trail, in order. */
  async function auditedTypes(organizationId: OrganizationId): Promise<string[]> {
    const query = database.db
      .selectFrom('audit_events')
      .select('event_type')
      .where('organization_id', '=', organizationId);
    return (await query.orderBy('sequence').execute()).map((row) => row.event_type);
  }

  /** The row counts of all tables of the directory and of the audit trail, which show whether anything was written. */
  async function countRows(): Promise<Record<string, number>> {
    const counts: Record<string, number> = {};
    for (const table of countedTables) {
      const { rows } = await sql<{ count: number }>`select count(*) as count from ${sql.table(table)}`.execute(
        database.db,
      );
      counts[table] = Number(rows[0]?.count);
    }
    return counts;
  }

  const deps = { database, audit, clock, random };
  return {
    ...deps,
    deps,
    keys,
    addOrganization: addTestOrganization,
    addUser,
    join,
    addMachine,
    auditedTypes,
    countRows,
  };
}

export type Directory = ReturnType<typeof createDirectory>;

const countedTables = [
  'organizations',
  'memberships',
  'groups',
  'machine_identities',
  'universal_auths',
  'client_secrets',
  'audit_events',
] as const;

import type { OrganizationId, UserId } from '../contract/ids.ts';
import type { Role } from '../contract/shapes.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Random } from '../kernel/random.ts';
import type { Tx } from '../storage/database.ts';
import { insertMembership, type MembershipSource } from './queries.ts';

/** A user who joins an organization. */
export interface NewMember {
  readonly organizationId: OrganizationId;
  readonly userId: UserId;
  /** The canonical form of the user's e-mail address, which is unique in the organization. */
  readonly emailKey: string;
  readonly role: Role;
  readonly source: MembershipSource;
  /** How the user signs in now, if they join by signing in. */
  readonly loginMethod?: 'oidc';
}

/**
 * Makes a user an active member of an organization. The caller audits it in the same transaction, because the event
 * says how the user joined.
 */
export async function addMember(
  { clock, random }: { clock: Clock; random: Random },
  tx: Tx,
  member: NewMember,
): Promise<void> {
  await insertMembership(tx, { ...member, id: random.uuid(), nowMs: clock.nowMs() });
}

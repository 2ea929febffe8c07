import type { AuditedTx } from '../audit/audited-database.ts';
import type { AppendAudit } from '../audit/append.ts';
import type { AuditEvent } from '../audit/events.ts';
import type { EndGrants } from '../grants/end-grants.ts';
import type { ClientInfo } from '../contract/actor.ts';
import { appError, type KnownError } from '../contract/errors.ts';
import type { OrganizationId, UserId } from '../contract/ids.ts';
import type { ProvisioningPolicy } from '../contract/organizations.ts';
import type { Role } from '../contract/shapes.ts';
import type { Clock } from '../kernel/clock.ts';
import { sha256Hex } from '../kernel/digest.ts';
import type { Random } from '../kernel/random.ts';
import type { VerifiedIdentity } from '../oidc/identity/verified-identity.ts';
import type { Tx } from '../storage/database.ts';
import { type KnownRow, touchMembership } from './queries.ts';
import type { ProfileField } from './rules.ts';

/** A sign-in that was checked, and what its organization says about it. */
export interface SignIn {
  readonly organizationId: OrganizationId;
  readonly defaultRole: Role;
  readonly policy: ProvisioningPolicy;
  readonly identity: VerifiedIdentity;
  readonly domainIsAllowed: boolean;
  readonly domainIsOwned: boolean;
  /** The account that the identity belongs to, as it was found in the transaction. */
  readonly known: KnownRow | undefined;
  /** Of the token in the link of an invitation that this sign-in began with. */
  readonly invitationHash: string | undefined;
  readonly clientInfo: ClientInfo;
}

/** The account that somebody signed in to. */
export interface Account {
  readonly userId: UserId;
  readonly email: string;
  readonly outcome: 'known' | 'linked' | 'relinked' | 'rejoined' | 'provisioned';
  /** What of the profile follows the identity provider now. */
  readonly changed: readonly ProfileField[];
}

export interface ProvisioningDeps {
  readonly audit: AppendAudit;
  readonly clock: Clock;
  readonly random: Random;
  readonly endGrants: EndGrants;
}

/** By what an identity is found: no other organization, issuer and subject give the same. */
export function identityKey({ organizationId, identity }: Pick<SignIn, 'organizationId' | 'identity'>): string {
  return sha256Hex(JSON.stringify([organizationId, identity.issuer, identity.subject]));
}

/**
 * Notes that a member signs in. An admin may have switched them off, or removed them, since the plan was made: who is
 * admitted now has a session that the admin's change did not see. The row of the membership is where the two meet.
 *
 * @throws `member_inactive` when they are no active member any more.
 */
export async function enter(
  { clock }: ProvisioningDeps,
  tx: Tx,
  { signIn, userId }: { signIn: SignIn; userId: UserId },
): Promise<void> {
  const isMember = await touchMembership(tx, { userId, organizationId: signIn.organizationId }, clock.nowMs());
  if (!isMember) throw leftInBetween();
}

function leftInBetween(): KnownError {
  return appError('member_inactive', { meta: { step: 'provisioning', reason: 'membership_inactive' } });
}

/** Adds to the trail what the organization's identity provider brought about. */
export async function append(
  { audit }: ProvisioningDeps,
  tx: AuditedTx,
  { signIn: { identity, organizationId, clientInfo }, event }: { signIn: SignIn; event: AuditEvent },
): Promise<void> {
  const actor = { type: 'identity-provider', metadata: { issuer: identity.issuer } } as const;
  await audit(tx, { organizationId, actor, event, clientInfo });
}

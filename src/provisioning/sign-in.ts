import type { AuditedTx } from '../audit/audited-database.ts';
import type { AppendAudit } from '../audit/append.ts';
import type { AuditEvent } from '../audit/events.ts';
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

/** A verified sign-in with its organization's settings. */
export interface SignIn {
  readonly organizationId: OrganizationId;
  readonly defaultRole: Role;
  readonly policy: ProvisioningPolicy;
  readonly identity: VerifiedIdentity;
  readonly domainIsAllowed: boolean;
  readonly domainIsOwned: boolean;
  /** The account of the identity, as found in the transaction. */
  readonly known: KnownRow | undefined;
  /** The hash of the token in the invitation link that this sign-in started with. */
  readonly invitationHash: string | undefined;
  readonly clientInfo: ClientInfo;
}

/** The account that the user signed in to. */
export interface Account {
  readonly userId: UserId;
  readonly email: string;
  readonly outcome: 'known' | 'linked' | 'relinked' | 'rejoined' | 'provisioned';
  /** The profile fields that follow the identity provider. */
  readonly changed: readonly ProfileField[];
}

export interface ProvisioningDeps {
  readonly audit: AppendAudit;
  readonly clock: Clock;
  readonly random: Random;
}

/** The lookup key of an identity: unique per organization, issuer and subject. */
export function identityKey({ organizationId, identity }: Pick<SignIn, 'organizationId' | 'identity'>): string {
  return sha256Hex(JSON.stringify([organizationId, identity.issuer, identity.subject]));
}

/**
 * Records a member's sign-in. An admin may have deactivated or removed the member since the plan was made, without
 * seeing the new session. The row of the membership serialises the two.
 *
 * @throws `member_inactive` if they are no longer an active member.
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

/** Audits what the organization's identity provider changed. */
export async function append(
  { audit }: ProvisioningDeps,
  tx: AuditedTx,
  { signIn: { identity, organizationId, clientInfo }, event }: { signIn: SignIn; event: AuditEvent },
): Promise<void> {
  const actor = { type: 'identity-provider', metadata: { issuer: identity.issuer } } as const;
  await audit(tx, { organizationId, actor, event, clientInfo });
}

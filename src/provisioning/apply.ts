/**
 * Turns a verified identity into an account of the organization, in the transaction of the sign-in: `rules.ts` decides,
 * and this file carries the plan out.
 */
import type { AuditedTx } from '../audit/audited-database.ts';
import { appError } from '../contract/errors.ts';
import { asId, type UserId } from '../contract/ids.ts';
import { acceptInvitation } from '../invitations/accept-invitation.ts';
import { addMember } from '../memberships/add-member.ts';
import type { VerifiedIdentity } from '../oidc/identity/verified-identity.ts';
import { toBit } from '../storage/schema/codecs.ts';
import type { Tx } from '../storage/database.ts';
import { insertUser } from '../users/queries.ts';
import { consultInvitation, type ConsultedInvitation } from './consult-invitation.ts';
import {
  findKnownAccount,
  findNamesake,
  insertIdentity,
  type KnownRow,
  updateMembershipEmail,
  updateUser,
} from './queries.ts';
import { relink, requireStillKnown, standingOfIdentity } from './relink.ts';
import {
  isAddressTrusted,
  type KnownAccount,
  planProvisioning,
  type ProfileField,
  type ProvisioningPlan,
} from './rules.ts';
import { type Account, append, enter, identityKey, type ProvisioningDeps, type SignIn } from './sign-in.ts';

/**
 * Finds, links or creates the account of a verified identity.
 *
 * @throws the refusals of {@link planProvisioning}; then nothing is written.
 */
export async function provisionAccount(deps: ProvisioningDeps, tx: AuditedTx, signIn: SignIn): Promise<Account> {
  const { identity } = signIn;
  const found = await findAccounts(tx, signIn);
  const consulted = await consult(deps, tx, { signIn, isMember: typeof found.known?.is_active === 'number' });
  const known = found.known ?? (await findAdmittedMeanwhile(tx, { signIn, consulted }));
  const { namesake } = found;
  const held = namesake && (await standingOfIdentity(deps, tx, { signIn, namesake }));
  const plan = planProvisioning({
    person: personOf(identity),
    domainIsAllowed: signIn.domainIsAllowed,
    domainIsOwned: signIn.domainIsOwned,
    policy: signIn.policy,
    invitation: consulted.finding,
    known: known && toKnownAccount(known),
    namesake: namesake &&
      held && { userId: asId<UserId>(namesake.id), isActive: namesake.is_active === 1, identity: held.standing },
  });
  const email = known?.email ?? namesake?.email ?? identity.email;
  const account =
    plan.kind === 'relink'
      ? await relink(deps, tx, { signIn, userId: plan.userId, email, held })
      : await carryOut(deps, tx, { signIn, plan, consulted, email });
  if (known && mayMakeWay(known)) await requireStillKnown(tx, { signIn, userId: account.userId });
  return account;
}

/** Whether an admin allowed relinking, by name or for the issuer. */
function mayMakeWay({ relink_until_at: byName, issuer_relink_until_at: byIssuer }: KnownRow): boolean {
  return byName !== null || byIssuer !== null;
}

function toKnownAccount(row: KnownRow): KnownAccount {
  return {
    userId: asId<UserId>(row.id),
    emailKey: row.email_key,
    firstName: row.first_name,
    lastName: row.last_name,
    isInstanceAdmin: row.is_instance_admin === 1,
    membership: row.is_active === null ? 'none' : row.is_active === 1 ? 'active' : 'inactive',
  };
}

// An address counts only in a domain that the organization owns.
function verifiedBy({ identity, domainIsOwned }: SignIn) {
  return { is_email_verified: toBit(isAddressTrusted({ domainIsOwned, person: personOf(identity) })) };
}

function personOf({ emailAddress, emailVerified, firstName, lastName }: VerifiedIdentity) {
  return { emailKey: emailAddress.key, emailVerified, firstName, lastName };
}

// A member needs no invitation, so only the link that they opened is checked.
async function consult(
  { clock }: ProvisioningDeps,
  tx: Tx,
  { signIn, isMember }: { signIn: SignIn; isMember: boolean },
): Promise<ConsultedInvitation> {
  const { organizationId, identity, domainIsOwned, invitationHash: tokenHash } = signIn;
  if (isMember && tokenHash === undefined) return { finding: 'none' };
  const isTrusted = isAddressTrusted({ domainIsOwned, person: personOf(identity) });
  const emailKey = identity.emailAddress.key;
  return consultInvitation(tx, { organizationId, tokenHash, emailKey, isTrusted, nowMs: clock.nowMs() });
}

async function findAccounts(tx: Tx, signIn: SignIn) {
  const emailKey = signIn.identity.emailAddress.key;
  const { known } = signIn;
  const isRemoved = known?.is_active === null;
  const needsNamesake = known === undefined || isRemoved || (known.email_key !== emailKey && signIn.domainIsOwned);
  if (!needsNamesake) return { known, namesake: undefined };
  const namesake = await findNamesake(tx, signIn.organizationId, emailKey);
  const hasIdentity = namesake !== undefined && namesake.identity_id !== null;
  // On PostgreSQL each statement sees a later state: the member with the same e-mail may have been linked to this
  // identity between the two queries.
  if (known === undefined && hasIdentity) return { known: await findKnownAccount(tx, identityKey(signIn)), namesake };
  return { known, namesake };
}

// On PostgreSQL each statement sees a later state: this identity may have accepted the invitation since the first
// query.
async function findAdmittedMeanwhile(tx: Tx, { signIn, consulted }: Consulted) {
  const asksForOne = signIn.policy === 'invited-only' || signIn.invitationHash !== undefined;
  return asksForOne && consulted.invitation === undefined ? findKnownAccount(tx, identityKey(signIn)) : undefined;
}

type PlanBesidesRelink = Exclude<ProvisioningPlan, { kind: 'relink' }>;

async function carryOut(
  deps: ProvisioningDeps,
  tx: AuditedTx,
  {
    signIn,
    plan,
    consulted,
    email,
  }: { signIn: SignIn; plan: PlanBesidesRelink; consulted: ConsultedInvitation; email: string },
): Promise<Account> {
  switch (plan.kind) {
    case 'refuse':
      throw appError(plan.code, {
        meta: { step: 'provisioning', reason: plan.reason, domain: signIn.identity.emailAddress.domain },
      });
    case 'sign-in': {
      if (plan.profile.length > 0) await followProfile(deps, tx, { signIn, userId: plan.userId, fields: plan.profile });
      if (plan.addressHeld !== undefined) {
        const metadata = { userId: plan.userId, field: 'email', reason: plan.addressHeld } as const;
        await append(deps, tx, { signIn, event: { type: 'user-profile-update-skipped', metadata } });
      }
      await enter(deps, tx, { signIn, userId: plan.userId });
      await accept(deps, tx, { signIn, consulted, userId: plan.userId, joins: false });
      return {
        userId: plan.userId,
        email: plan.profile.includes('email') ? signIn.identity.email : email,
        outcome: 'known',
        changed: plan.profile,
      };
    }
    case 'link':
      await addIdentity(deps, tx, { signIn, userId: plan.userId, event: 'user-link' });
      await enter(deps, tx, { signIn, userId: plan.userId });
      return { userId: plan.userId, email, outcome: 'linked', changed: [] };
    case 'rejoin':
      await rejoin(deps, tx, { signIn, consulted, plan });
      await accept(deps, tx, { signIn, consulted, userId: plan.userId, joins: true });
      return { userId: plan.userId, email: signIn.identity.email, outcome: 'rejoined', changed: [] };
    case 'provision': {
      const userId = await addUser(deps, tx, { signIn, consulted });
      await accept(deps, tx, { signIn, consulted, userId, joins: true });
      return { userId, email: signIn.identity.email, outcome: 'provisioned', changed: [] };
    }
    default:
      return plan satisfies never;
  }
}

// If the invitation was revoked since the plan was made, the user does not join.
async function accept(
  deps: ProvisioningDeps,
  tx: AuditedTx,
  { signIn, consulted: { invitation }, userId, joins }: Consulted & { userId: UserId; joins: boolean },
): Promise<void> {
  if (invitation === undefined) return;
  const { identity, clientInfo } = signIn;
  const person = { userId, userEmail: identity.email, issuer: identity.issuer };
  const isAccepted = await acceptInvitation(deps, tx, { invitation, ...person, joins, clientInfo });
  if (joins && !isAccepted) throw appError('invitation_not_open', { meta: { step: 'provisioning' } });
}

interface Consulted {
  readonly signIn: SignIn;
  readonly consulted: ConsultedInvitation;
}

async function addUser(deps: ProvisioningDeps, tx: AuditedTx, { signIn, consulted }: Consulted): Promise<UserId> {
  const { identity } = signIn;
  const userId = asId<UserId>(deps.random.uuid());
  const nowMs = deps.clock.nowMs();
  await insertUser(tx, {
    id: userId,
    username: identity.emailAddress.key,
    email: identity.email,
    email_key: identity.emailAddress.key,
    first_name: identity.firstName,
    last_name: identity.lastName,
    ...verifiedBy(signIn),
    is_instance_admin: toBit(false),
    password_hash: null,
    created_at: nowMs,
    updated_at: nowMs,
  });
  await join(deps, tx, { signIn, consulted, userId });
  await addIdentity(deps, tx, { signIn, userId, event: 'user-provision' });
  return userId;
}

type Rejoining = Extract<ProvisioningPlan, { kind: 'rejoin' }>;

// The account gets the invited address, because an admin named it after the member was removed.
async function rejoin(
  deps: ProvisioningDeps,
  tx: AuditedTx,
  { signIn, consulted, plan: { userId, keepsAddress } }: Consulted & { plan: Rejoining },
): Promise<void> {
  const { email, emailAddress, issuer } = signIn.identity;
  const address = { email, email_key: emailAddress.key, username: emailAddress.key, ...verifiedBy(signIn) };
  if (keepsAddress !== true) await updateUser(tx, userId, { ...address, updated_at: deps.clock.nowMs() });
  await join(deps, tx, { signIn, consulted, userId });
  const metadata = { userId, userEmail: email, issuer };
  await append(deps, tx, { signIn, event: { type: 'user-rejoin', metadata } });
}

async function join(
  deps: ProvisioningDeps,
  tx: Tx,
  { signIn: { identity, organizationId, defaultRole }, consulted, userId }: Consulted & { userId: UserId },
): Promise<void> {
  const role = consulted.invitation?.role ?? defaultRole;
  const emailKey = identity.emailAddress.key;
  await addMember(deps, tx, { organizationId, userId, emailKey, role, source: 'sso', loginMethod: 'oidc' });
}

async function addIdentity(
  deps: ProvisioningDeps,
  tx: AuditedTx,
  { signIn, userId, event }: { signIn: SignIn; userId: UserId; event: 'user-link' | 'user-provision' },
): Promise<void> {
  const { identity, organizationId } = signIn;
  const nowMs = deps.clock.nowMs();
  await insertIdentity(tx, {
    id: deps.random.uuid(),
    organization_id: organizationId,
    user_id: userId,
    issuer: identity.issuer,
    subject: identity.subject,
    identity_key: identityKey(signIn),
    created_at: nowMs,
    last_login_at: nowMs,
  });
  const metadata = { userId, userEmail: identity.email, issuer: identity.issuer };
  await append(deps, tx, { signIn, event: { type: event, metadata } });
}

async function followProfile(
  deps: ProvisioningDeps,
  tx: AuditedTx,
  { signIn, userId, fields }: { signIn: SignIn; userId: UserId; fields: readonly ProfileField[] },
): Promise<void> {
  const { identity, organizationId } = signIn;
  const emailKey = identity.emailAddress.key;
  await updateUser(tx, userId, {
    ...(fields.includes('email')
      ? { email: identity.email, email_key: emailKey, username: emailKey, ...verifiedBy(signIn) }
      : {}),
    ...(fields.includes('firstName') ? { first_name: identity.firstName } : {}),
    ...(fields.includes('lastName') ? { last_name: identity.lastName } : {}),
    updated_at: deps.clock.nowMs(),
  });
  if (fields.includes('email')) await updateMembershipEmail(tx, { userId, organizationId }, emailKey);
  await append(deps, tx, {
    signIn,
    event: { type: 'user-profile-update', metadata: { userId, changedFields: fields } },
  });
}

import type { SessionEndReason } from '../contract/audit-reasons.ts';
import type { AuditedTx } from '../audit/audited-database.ts';
import type { AppendAudit } from '../audit/append.ts';
import type { EndedGrants } from '../audit/events.ts';
import type { OrganizationId } from '../contract/ids.ts';
import { withdrawMail } from '../invitations/mail-queries.ts';
import { revokeInvitationOf } from '../invitations/revoke-invitation.ts';
import type { Clock } from '../kernel/clock.ts';
import { lockOrganization } from '../access/queries.ts';
import type { Tx } from '../storage/database.ts';
import { endSessions } from '../sessions/queries.ts';
import {
  deleteCodesAndMarks,
  dropIdentities,
  expireInvitations,
  findClientSecretsMadeBy,
  findIdentitiesGivenBy,
  type Granters,
  type Member,
  pauseWebhookOf,
  revokeClientSecrets,
  takeBackRelinksOf,
} from './queries.ts';

/** The member whose grants end, and why. */
export interface Ending extends Member {
  /** The `end_reason` of the sessions. */
  readonly reason: SessionEndReason;
  /**
   * What happens to the rights and client secrets of machine identities that the user gave. `kept`: automation belongs to
   * the organization and continues after an honest departure. `ended`: everything given since a moment ends.
   */
  readonly machineAccess: 'kept' | { readonly endedSinceMs: number };
}

interface EndDeps {
  readonly audit: AppendAudit;
  readonly clock: Clock;
}

/**
 * Ends everything that a membership has given to its user, and everything that its user has given. Deactivation,
 * removal and relinking call this. `endAllAccess` does the same for every user of a restored database.
 * `user-columns.ts` lists what it covers.
 */
export async function endGrants(
  deps: EndDeps,
  tx: AuditedTx,
  { organizationId, userId, reason, machineAccess }: Ending,
): Promise<EndedGrants> {
  const member = { organizationId, userId };
  const nowMs = deps.clock.nowMs();
  // Every change that gives something takes this lock and checks its caller's permission under it.
  await lockOrganization(tx, organizationId);
  const { length: sessions } = await endSessions(tx, { kind: 'user', ...member }, { nowMs, reason });
  const codes = await deleteCodesAndMarks(tx, member);
  await revokeInvitationOf(deps, tx, member);
  const user: Granters = { organizationId, userIds: [userId], identityIds: [], clientSecretIds: [] };
  const machines = await (machineAccess === 'kept'
    ? countMachineAccess(tx, user)
    : endMachineAccess(deps, tx, { granters: user, sinceMs: machineAccess.endedSinceMs }));
  const invitations = await expireInvitations(tx, machines.granters, nowMs);
  for (const { mail_id: mailId } of invitations) await withdrawMail(tx, mailId, nowMs);
  const relinkPermissions = await takeBackRelinksOf(tx, machines.granters, nowMs);
  return {
    sessions,
    breakGlassCodes: codes,
    invitations: invitations.length,
    relinkPermissions,
    machineAccess: machineAccess === 'kept' ? 'kept' : 'ended',
    machineIdentities: machines.identities,
    clientSecrets: machines.clientSecrets,
  };
}

interface MachineAccess {
  /** The givers: the user, and everyone whose permissions come from the user. */
  readonly granters: Granters;
  readonly identities: number;
  readonly clientSecrets: number;
}

// Nothing ends. The audit entry has the counts, for the admin who decides about it.
async function countMachineAccess(tx: Tx, granters: Granters): Promise<MachineAccess> {
  const { length: identities } = await findIdentitiesGivenBy(tx, granters, { sinceMs: 0 });
  const { length: clientSecrets } = await findClientSecretsMadeBy(tx, granters, { sinceMs: 0 });
  return { granters, identities, clientSecrets };
}

// An identity with permissions can give some to another one, and so can a caller with one of its secrets. The chain is
// followed to its end.
async function endMachineAccess(
  deps: EndDeps,
  tx: AuditedTx,
  { granters: user, sinceMs }: { granters: Granters; sinceMs: number },
): Promise<MachineAccess> {
  const { organizationId } = user;
  const nowMs = deps.clock.nowMs();
  const identities = new Map<string, string>();
  const clientSecrets = new Map<string, string>();
  let granters = user;
  for (;;) {
    const newIdentities = (await findIdentitiesGivenBy(tx, granters, { sinceMs })).filter(
      ({ id }) => !identities.has(id),
    );
    const newSecrets = (await findClientSecretsMadeBy(tx, granters, { sinceMs })).filter(
      ({ id }) => !clientSecrets.has(id),
    );
    if (newIdentities.length + newSecrets.length === 0) break;
    for (const { id, name } of newIdentities) identities.set(id, name);
    for (const { id, identity_id: identityId } of newSecrets) clientSecrets.set(id, identityId);
    granters = { ...granters, identityIds: [...identities.keys()], clientSecretIds: [...clientSecrets.keys()] };
  }
  await dropIdentities(tx, [...identities.keys()], nowMs);
  await revokeClientSecrets(tx, [...clientSecrets.keys()], nowMs);
  const append = byServer(deps, tx, organizationId);
  for (const [identityId, name] of identities) {
    await append({ type: 'identity-update', metadata: { identityId, name, role: 'no-access' } });
  }
  for (const [clientSecretId, identityId] of clientSecrets) {
    await append({ type: 'client-secret-revoke', metadata: { identityId, clientSecretId } });
  }
  const webhookId = await pauseWebhookOf(tx, granters, { sinceMs, nowMs });
  if (webhookId !== undefined) {
    await append({ type: 'audit-webhook-pause', metadata: { webhookId, reason: 'grants_ended' } });
  }
  return { granters, identities: identities.size, clientSecrets: clientSecrets.size };
}

function byServer({ audit }: EndDeps, tx: AuditedTx, organizationId: OrganizationId) {
  const by = { actor: { type: 'server', metadata: {} }, clientInfo: { ipAddress: '', userAgent: '' } } as const;
  return async (event: Parameters<AppendAudit>[1]['event']) => audit(tx, { organizationId, ...by, event });
}

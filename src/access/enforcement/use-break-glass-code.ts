import type { AuditedDatabase, AuditedTx } from '../../audit/audited-database.ts';
import type { AppendAudit } from '../../audit/append.ts';
import type { ClientInfo } from '../../contract/actor.ts';
import { parseEmailAddress } from '../../contract/email-address.ts';
import { appError } from '../../contract/errors.ts';
import { asId, type OrganizationId, type UserId } from '../../contract/ids.ts';
import { breakGlassSessionSeconds } from '../../contract/limits.ts';
import type { Clock } from '../../kernel/clock.ts';
import type { Random } from '../../kernel/random.ts';
import { strongestRole } from '../permissions.ts';
import { findMemberRoles, shareOrganization } from '../queries.ts';
import { recordEmergencyUse } from '../record-emergency-use.ts';
import { latestEndMs } from '../../contract/session-lifetime.ts';
import type { Tx } from '../../storage/database.ts';
import { resetPasswordAttempts, takeAttempt } from '../../sessions/attempt-limits.ts';
import type { Sessions, StartedSession } from '../../sessions/sessions.ts';
import { hashBreakGlassCode } from './break-glass-code.ts';
import { claimCode, findMemberByEmail, findOrganizationBySlug } from './break-glass-queries.ts';

export interface UseBreakGlassDeps {
  readonly database: AuditedDatabase;
  readonly audit: AppendAudit;
  readonly clock: Clock;
  readonly random: Random;
  readonly sessions: Sessions;
}

/** The input of a user who is locked out. */
export interface BreakGlassUse {
  readonly organizationSlug: string;
  readonly email: string;
  readonly code: string;
  /** See `NewSession`. */
  readonly replaces: string;
  readonly clientInfo: ClientInfo;
}

export interface BreakGlassSession extends StartedSession {
  readonly userId: UserId;
  readonly organizationId: OrganizationId;
  readonly lifetimeSeconds: number;
}

/**
 * Signs an admin in with a break-glass code: for an hour, in one organization, visible to its other admins. An unknown
 * organization, an unknown address, a member who is not an admin, a wrong code and a used one give the same response.
 *
 * The limits on attempts restrict only the number of recorded failures. They reject no valid code: its 100 random bits
 * cannot be guessed, so a lock would protect nothing and would let strangers keep the owner out.
 *
 * @throws `credentials_invalid` or `credentials_locked`
 */
export async function useBreakGlassCode(deps: UseBreakGlassDeps, use: BreakGlassUse): Promise<BreakGlassSession> {
  const { database, clock } = deps;
  const parsed = parseEmailAddress(use.email);
  const emailKey = parsed.ok ? parsed.address.key : use.email;
  const account = JSON.stringify([use.organizationSlug, emailKey]);
  const attempt = { kind: 'break-glass', account, ipAddress: use.clientInfo.ipAddress } as const;
  const verdict = await database.transaction((tx) => takeAttempt(tx, attempt, clock.nowMs()), {
    durability: 'relaxed',
  });
  const session = await database.transaction(async (tx) => {
    const opened = await openSession(deps, tx, { ...use, emailKey });
    if (opened !== undefined) await resetPasswordAttempts(tx, attempt, clock.nowMs());
    return opened;
  });
  if (session !== undefined) return session;
  const isWithinLimits = verdict.kind === 'allowed';
  if (isWithinLimits) await recordFailure(deps, 'break-glass-failed', { ...use, emailKey });
  if (verdict.isFirstOverLimit) await recordFailure(deps, 'break-glass-limited', { ...use, emailKey });
  throw appError(isWithinLimits ? 'credentials_invalid' : 'credentials_locked');
}

type NamedUse = BreakGlassUse & { readonly emailKey: string };

async function openSession(
  deps: UseBreakGlassDeps,
  tx: AuditedTx,
  use: NamedUse,
): Promise<BreakGlassSession | undefined> {
  // An admin who is removed, demoted or deactivated at this moment signs in before that or not at all. For an unknown
  // organization the same queries run, so that the timing reveals nothing.
  const named = await findOrganizationBySlug(tx, use.organizationSlug);
  await shareOrganization(tx, asId<OrganizationId>(named?.id ?? ''));
  const { organization, member } = await findAccount(tx, use);
  const userId = asId<UserId>(member?.id ?? '');
  const organizationId = asId<OrganizationId>(organization?.id ?? '');
  const roles = await findMemberRoles(tx, organizationId, userId);
  if (roles.length > 0 && strongestRole(roles) !== 'admin') return undefined;
  const nowMs = deps.clock.nowMs();
  const codeHash = hashBreakGlassCode(use.code, { organizationId, userId });
  const isClaimed = await claimCode(tx, { organizationId, userId, codeHash, nowMs });
  if (!isClaimed || roles.length === 0 || organization === undefined || member === undefined) return undefined;
  const latestMs = Math.min(
    latestEndMs(organization.user_token_expiration, nowMs) - nowMs,
    breakGlassSessionSeconds * 1000,
  );
  const lifetimeSeconds = Math.floor(latestMs / 1000);
  const who = { userId, email: member.email, organizationId, authMethod: 'break-glass' } as const;
  const started = await deps.sessions.start(tx, {
    ...who,
    oidcConfigId: undefined,
    lifetimeSeconds,
    replaces: use.replaces,
    clientInfo: use.clientInfo,
  });
  await recordEmergencyUse(deps, tx, {
    ...who,
    kind: 'break-glass',
    sessionId: started.sessionId,
    clientInfo: use.clientInfo,
  });
  return { ...started, userId, organizationId, lifetimeSeconds };
}

async function findAccount(tx: Tx, { organizationSlug, emailKey }: NamedUse) {
  const organization = await findOrganizationBySlug(tx, organizationSlug);
  return { organization, member: await findMemberByEmail(tx, organization?.id ?? '', emailKey) };
}

// Only failures of a member are audited, so strangers do not fill the trail.
async function recordFailure(
  { database, audit }: UseBreakGlassDeps,
  type: 'break-glass-failed' | 'break-glass-limited',
  use: NamedUse,
): Promise<void> {
  await database.transaction(async (tx) => {
    const { organization, member } = await findAccount(tx, use);
    const isKnown = organization !== undefined && member !== undefined;
    await audit(tx, {
      organizationId: isKnown ? asId<OrganizationId>(organization.id) : undefined,
      actor: { type: 'anonymous', metadata: {} },
      event: { type, metadata: { userId: member?.id ?? null } },
      clientInfo: use.clientInfo,
    });
  });
}

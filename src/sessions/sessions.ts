import type { SessionEndReason } from '../contract/audit-reasons.ts';
import type { AuditedDatabase, AuditedTx } from '../audit/audited-database.ts';
import type { AppendAudit } from '../audit/append.ts';
import type { AuthMethod, ClientInfo } from '../contract/actor.ts';
import { appError } from '../contract/errors.ts';
import { asId, type OidcConfigId, type OrganizationId, type SessionId, type UserId } from '../contract/ids.ts';
import type { Clock } from '../kernel/clock.ts';
import { equalsInConstantTime } from '../kernel/digest.ts';
import type { Random } from '../kernel/random.ts';
import { shareOrganization } from '../access/queries.ts';
import type { Db, Tx } from '../storage/database.ts';
import type { LiveKeyring } from '../storage/keys/keyring.ts';
import { type FederatedSignIn, federatedColumns } from './federated-sign-in.ts';
import { isLive } from './live-session-queries.ts';
import {
  endSessions,
  findSession,
  findSessionOfBrowser,
  insertSession,
  rotateRefreshHash,
  type SessionRow,
} from './queries.ts';
import {
  type DeriveSuccessor,
  newRefreshToken,
  nextRefreshToken,
  parseRefreshToken,
  type RefreshToken,
} from './refresh-token.ts';
import { standingOf } from './session-standing.ts';
import { rememberSpentToken, useOfToken } from './spent-tokens.ts';

/** A new session: its user, organization and sign-in method. */
export interface NewSession {
  readonly userId: UserId;
  readonly email: string;
  readonly organizationId: OrganizationId | undefined;
  readonly authMethod: AuthMethod;
  readonly oidcConfigId: OidcConfigId | undefined;
  readonly lifetimeSeconds: number;
  /** The time of the sign-in, if it was before this session; now by default. */
  readonly authenticatedAtMs?: number;
  /** The browser's refresh token. Its session, if live, ends with this sign-in. */
  readonly replaces?: string;
  /** Where the sign-in continues, encrypted, for the session. */
  readonly continuation?: string;
  /** Of a sign-in through an identity provider. */
  readonly federated?: FederatedSignIn;
  readonly clientInfo: ClientInfo;
}

/** What an access token says about its session. */
export interface SignedSession {
  readonly sessionId: SessionId;
  readonly userId: UserId;
  readonly organizationId: OrganizationId | undefined;
  readonly authMethod: AuthMethod;
  readonly expiresAtMs: number;
}

export interface StartedSession extends SignedSession {
  readonly refreshToken: string;
}

export interface RefreshedSession {
  readonly session: SessionRow;
  readonly refreshToken: string;
}

/** Starts, refreshes and ends sessions. */
export interface Sessions {
  start(tx: AuditedTx, session: NewSession): Promise<StartedSession>;
  /**
   * Exchanges a refresh token for its successor. A token that was exchanged within the last ten seconds gets the same
   * successor again, because two tabs may refresh at once and responses get lost. A token that was exchanged before
   * that ends the whole session: the owner or a thief has a copy, and the server cannot tell which of them called (RFC
   * 9700, section 4.14.2).
   *
   * @throws `refresh_token_invalid` if the session does not exist or has ended. `refresh_token_superseded` if the
   *   successor was exchanged too; the session continues. `sso_required` if the organization has enforced single
   *   sign-on since.
   */
  refresh(refreshToken: string, clientInfo: ClientInfo): Promise<RefreshedSession>;
  /**
   * The live session of a refresh token, without spending the token. A token that was exchanged within the last ten
   * seconds also finds it, because the browser may not have received the successor yet.
   */
  find(refreshToken: string): Promise<SessionRow | undefined>;
  /** The live session of a cookie with which a browser signs in to applications, by its hash. */
  findOfBrowser(browserHash: string): Promise<SessionRow | undefined>;
  /** Ends the session of a refresh token, if live. Any token that the session ever had works. */
  end(refreshToken: string, clientInfo: ClientInfo, reason?: SessionEndReason): Promise<void>;
}

interface SessionsDeps {
  readonly database: AuditedDatabase;
  readonly audit: AppendAudit;
  readonly clock: Clock;
  readonly random: Random;
  readonly keyring: Pick<LiveKeyring, 'currentKeyId' | 'derive'>;
}

/** Creates the session service. */
export function createSessions(deps: SessionsDeps): Sessions {
  return {
    start: async (tx, session) => startSession(deps, tx, session),
    refresh: async (token, clientInfo) => refreshSession(deps, token, clientInfo),
    find: async (token) => findByRefreshToken(deps.database.db, deps.clock, token),
    findOfBrowser: async (browserHash) =>
      findSessionOfBrowser(deps.database.db, { browserHash, nowMs: deps.clock.nowMs() }),
    end: async (token, clientInfo, reason = 'logout') => {
      // Another tab may have exchanged the token already. The logout must end the session anyway.
      const session = await findLiveFamily(deps.database.db, deps.clock, parseRefreshToken(token));
      if (session !== undefined) await endSession(deps, { session, reason, clientInfo });
    },
  };
}

async function startSession(
  { audit, clock, random }: SessionsDeps,
  tx: AuditedTx,
  session: NewSession,
): Promise<StartedSession> {
  const nowMs = clock.nowMs();
  const sessionId = asId<SessionId>(random.uuidOfNow());
  const { token, parsed } = newRefreshToken(sessionId, random);
  const expiresAtMs = nowMs + session.lifetimeSeconds * 1000;
  await insertSession(tx, {
    id: sessionId,
    user_id: session.userId,
    organization_id: session.organizationId ?? null,
    auth_method: session.authMethod,
    connection_id: session.oidcConfigId ?? null,
    family_hash: parsed.familyHash,
    refresh_hash: parsed.refreshHash,
    refresh_count: 0,
    ip_address: session.clientInfo.ipAddress,
    user_agent: session.clientInfo.userAgent,
    created_at: nowMs,
    last_used_at: nowMs,
    expires_at: expiresAtMs,
    ended_at: null,
    end_reason: null,
    authenticated_at: session.authenticatedAtMs ?? nowMs,
    continuation: session.continuation ?? null,
    ...federatedColumns(session.federated),
  });
  await audit(tx, {
    organizationId: session.organizationId,
    actor: { type: 'user', metadata: { userId: session.userId, email: session.email, authMethod: session.authMethod } },
    event: { type: 'session-start', metadata: { sessionId, userId: session.userId, authMethod: session.authMethod } },
    clientInfo: session.clientInfo,
  });
  await endReplaced({ audit, clock }, tx, session);
  const { userId, organizationId, authMethod } = session;
  return { sessionId, userId, organizationId, authMethod, refreshToken: token, expiresAtMs };
}

type RefreshOutcome = RefreshedSession | 'gone' | 'reused' | 'superseded' | 'sso_required';

async function refreshSession(deps: SessionsDeps, token: string, clientInfo: ClientInfo): Promise<RefreshedSession> {
  const presented = parseRefreshToken(token);
  if (presented === undefined) throw appError('refresh_token_invalid', { meta: { reason: 'malformed' } });
  const outcome = await deps.database.transaction(async (tx) => exchange(deps, tx, { token, presented, clientInfo }));
  switch (outcome) {
    case 'gone':
    case 'reused':
      throw appError('refresh_token_invalid', { meta: { reason: outcome } });
    case 'superseded':
      throw appError('refresh_token_superseded');
    case 'sso_required':
      throw appError('sso_required');
    default:
      return outcome;
  }
}

/** Of two requests with one token, one waits for the other and then finds it exchanged. */
const exchangeTriesMax = 3;

async function exchange(
  deps: SessionsDeps,
  tx: AuditedTx,
  { token, presented, clientInfo }: { token: string; presented: RefreshToken; clientInfo: ClientInfo },
): Promise<RefreshOutcome> {
  for (let tries = 1; tries <= exchangeTriesMax; tries += 1) {
    const session = await findLiveFamily(tx, deps.clock, presented);
    if (session === undefined) return 'gone';
    const nowMs = deps.clock.nowMs();
    const fault = await faultOf(tx, session, nowMs);
    if (fault !== undefined) return fault;
    const use = useOfToken(session, presented.refreshHash, nowMs);
    switch (use.kind) {
      case 'current': {
        const refreshToken = await rotate(deps, tx, { session, token, presented });
        if (refreshToken !== undefined) return { session, refreshToken };
        break;
      }
      case 'replaced':
        return successorAgain(deps, { session, token, keyId: use.by.keyId });
      case 'superseded':
        return 'superseded';
      case 'reused':
        await endReused(deps, tx, { session, clientInfo });
        return 'reused';
      default:
        return use satisfies never;
    }
  }
  return 'superseded';
}

/** The successor of a current token; `undefined` if another request has exchanged it meanwhile. */
async function rotate(
  { keyring, clock }: SessionsDeps,
  tx: Tx,
  { session, token, presented }: { session: SessionRow; token: string; presented: RefreshToken },
): Promise<string | undefined> {
  const keyId = keyring.currentKeyId();
  const next = nextRefreshToken(token, deriveWith(keyring, keyId));
  if (next === undefined) throw new Error('the current data key is not in the keyring');
  const nowMs = clock.nowMs();
  const isRotated = await rotateRefreshHash(tx, {
    id: session.id,
    from: presented.refreshHash,
    to: next.refreshHash,
    spentTokens: rememberSpentToken(session, { hash: presented.refreshHash, atMs: nowMs, keyId }),
    nowMs,
  });
  return isRotated ? next.token : undefined;
}

// If the key was retired within these seconds, the successor cannot be computed again; the session continues.
function successorAgain(
  { keyring }: SessionsDeps,
  { session, token, keyId }: { session: SessionRow; token: string; keyId: string },
): RefreshOutcome {
  const next = nextRefreshToken(token, deriveWith(keyring, keyId));
  if (next === undefined || !equalsInConstantTime(next.refreshHash, session.refresh_hash)) return 'superseded';
  return { session, refreshToken: next.token };
}

function deriveWith(keyring: SessionsDeps['keyring'], keyId: string): DeriveSuccessor {
  return (token) => keyring.derive(token, { keyId, purpose: 'refresh-token-successor' });
}

async function endReused(
  deps: SessionsDeps,
  tx: AuditedTx,
  { session, clientInfo }: { session: SessionRow; clientInfo: ClientInfo },
): Promise<void> {
  await endWithAudit(deps, tx, { session, reason: 'refresh_token_reused', clientInfo });
  await deps.audit(tx, {
    ...concerning(session, clientInfo),
    event: { type: 'refresh-token-reuse', metadata: { sessionId: session.id, userId: session.user_id } },
  });
}

// A session without an organization has nothing to check yet.
async function faultOf(tx: Tx, session: SessionRow, nowMs: number): Promise<'gone' | 'sso_required' | undefined> {
  if (session.organization_id === null) return undefined;
  const standing = await standingOf(tx, session, { organizationId: session.organization_id, nowMs });
  if (standing.ok) return undefined;
  return standing.code === 'sso_required' ? 'sso_required' : 'gone';
}

// The browser keeps one session, so only another holder of a copy could still use the earlier one.
async function endReplaced(
  deps: Pick<SessionsDeps, 'audit' | 'clock'>,
  tx: AuditedTx,
  { replaces = '', federated, clientInfo }: NewSession,
): Promise<void> {
  const reason = 'replaced_by_sign_in';
  const session = await findByRefreshToken(tx, deps.clock, replaces);
  if (session !== undefined) await endWithAudit(deps, tx, { session, reason, clientInfo });
  for (const browserHash of federated?.replacesBrowserHashes ?? []) {
    const ofBrowser = await findSessionOfBrowser(tx, { browserHash, nowMs: deps.clock.nowMs() });
    if (ofBrowser !== undefined) await endWithAudit(deps, tx, { session: ofBrowser, reason, clientInfo });
  }
}

async function findByRefreshToken(db: Db | Tx, clock: Clock, token: string): Promise<SessionRow | undefined> {
  const presented = parseRefreshToken(token);
  const session = await findLiveFamily(db, clock, presented);
  if (session === undefined || presented === undefined) return undefined;
  return useOfToken(session, presented.refreshHash, clock.nowMs()).kind === 'reused' ? undefined : session;
}

/** The live session whose shared secret is in a token. */
async function findLiveFamily(
  db: Db | Tx,
  clock: Clock,
  presented: RefreshToken | undefined,
): Promise<SessionRow | undefined> {
  if (presented === undefined) return undefined;
  const session = await findSession(db, presented.sessionId);
  return session !== undefined && isLiveFamily(session, presented, clock) ? session : undefined;
}

function isLiveFamily(session: SessionRow, presented: RefreshToken, clock: Clock): boolean {
  return isLive(session, clock.nowMs()) && equalsInConstantTime(session.family_hash, presented.familyHash);
}

/** Ends one session and audits it. */
async function endSession(
  deps: SessionsDeps,
  ending: { session: SessionRow; reason: SessionEndReason; clientInfo: ClientInfo },
): Promise<void> {
  const { organization_id: organizationId } = ending.session;
  await deps.database.transaction(async (tx) => {
    // Either before or after a change by this session, never during it.
    if (organizationId !== null) await shareOrganization(tx, asId<OrganizationId>(organizationId));
    await endWithAudit(deps, tx, ending);
  });
}

async function endWithAudit(
  { audit, clock }: Pick<SessionsDeps, 'audit' | 'clock'>,
  tx: AuditedTx,
  { session, reason, clientInfo }: { session: SessionRow; reason: SessionEndReason; clientInfo: ClientInfo },
): Promise<void> {
  const ended = await endSessions(tx, { kind: 'one', id: session.id }, { nowMs: clock.nowMs(), reason });
  if (ended.length === 0) return;
  await audit(tx, {
    ...concerning(session, clientInfo),
    event: { type: 'session-end', metadata: { sessionId: session.id, userId: session.user_id, reason } },
  });
}

function concerning(session: SessionRow, clientInfo: ClientInfo) {
  return {
    organizationId: session.organization_id === null ? undefined : asId<OrganizationId>(session.organization_id),
    actor: { type: 'server', metadata: {} },
    clientInfo,
  } as const;
}

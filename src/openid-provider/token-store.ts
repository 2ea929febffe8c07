import type { Adapter, AdapterPayload } from 'oidc-provider/lib/provider.js';
import { InvalidGrant } from 'oidc-provider/lib/helpers/errors.js';

import type { Application } from '../applications/application.ts';
import { sha256Hex } from '../kernel/digest.ts';
import type { Tx } from '../storage/database.ts';
import { lockAlone, lockShared } from '../storage/named-locks.ts';
import { inLibraryTime, libraryTime } from './library-time.ts';
import { partsOfGrantId } from './projected-state.ts';
import { clientOf, currentCall } from './provider-call.ts';
import type { ProviderDeps } from './provider-deps.ts';
import { applicationById, applicationOf, sessionOf } from './read-through.ts';
import { recordSignIn } from './record-sign-in.ts';
import {
  claimToken,
  deleteToken,
  deleteTokensOfSession,
  findToken,
  hasToken,
  insertToken,
  type StoredToken,
} from './token-queries.ts';
import { givesAccess } from './token-standing.ts';

/** How long an exchanged refresh token still gets the same successor: two tabs may refresh at once. */
const refreshGraceSeconds = 10;

/**
 * The library's storage for codes, tokens and pushed authorization requests. Only the hash of each value is stored. A
 * token is found only while its session gives the application access, so the library never sees one that must not work.
 */
export function createTokenStore(deps: ProviderDeps, model: string): Adapter {
  return {
    upsert: async (id, payload, expiresInSeconds = 0) => keepToken(deps, { id, model, payload, expiresInSeconds }),
    find: async (id) => findUsable(deps, model, id),
    findByUid: async () => undefined,
    findByUserCode: async () => undefined,
    consume: async (id) => claim(deps, model, id),
    destroy: async (id) => deps.database.transaction((tx) => deleteToken(tx, sha256Hex(id))),
    revokeByGrantId: async (grantId) => endFamily(deps, grantId),
  };
}

interface NewToken {
  readonly id: string;
  readonly model: string;
  readonly payload: AdapterPayload;
  readonly expiresInSeconds: number;
}

async function keepToken(deps: ProviderDeps, { id, model, payload, expiresInSeconds }: NewToken): Promise<void> {
  const application = await requireApplicationOf(deps, payload);
  const { jti: _value, ...kept } = payload;
  const stored = model === 'RefreshToken' ? { ...kept, successorKeyId: deps.keyring.currentKeyId() } : kept;
  const nowMs = deps.clock.nowMs();
  const token: StoredToken = {
    tokenHash: sha256Hex(id),
    model,
    applicationId: application.id,
    sessionId: typeof payload['sessionUid'] === 'string' ? payload['sessionUid'] : null,
    payload: JSON.stringify(stored),
    consumedAtMs: null,
    expiresAtMs: nowMs + expiresInSeconds * 1000,
  };
  await deps.database.transaction(async (tx) => {
    if (model === 'AuthorizationCode') await recordSignIn(deps, tx, { application, token });
    if (await isFamilyEnded(tx, payload)) return;
    await insertToken(tx, { ...token, nowMs });
  });
}

// A second use of the code may end the family between the claim and this write. Both take the family's lock: the write
// commits before, and what it wrote ends too, or it finds that its code is gone. Then it writes nothing, and the response
// has tokens that have ended, as if the second use had come a moment later.
async function isFamilyEnded(tx: Tx, { grantId }: AdapterPayload): Promise<boolean> {
  const { claimedHash } = currentCall();
  if (claimedHash === undefined || typeof grantId !== 'string') return false;
  await lockShared(tx, familyLock(grantId));
  return !(await hasToken(tx, claimedHash));
}

/** The name of the lock of all tokens that an application has from a session. */
function familyLock(grantId: string): string {
  return `application tokens ${grantId}`;
}

// A pushed authorization request does not name its client, which has just authenticated.
async function requireApplicationOf(deps: ProviderDeps, { clientId }: AdapterPayload): Promise<Application> {
  const call = currentCall();
  const application = typeof clientId === 'string' ? await applicationOf(deps, call, clientId) : clientOf(call);
  // The library loads the client before it makes a token for it.
  if (application === undefined) throw new Error('a token without a client');
  return application;
}

async function findUsable(deps: ProviderDeps, model: string, id: string): Promise<AdapterPayload | undefined> {
  const call = currentCall();
  const stored = await findToken(deps.database.db, { tokenHash: sha256Hex(id), model });
  const nowMs = deps.clock.nowMs();
  if (stored === undefined || stored.expiresAtMs <= nowMs) return undefined;
  const application = await applicationById(deps, call, stored.applicationId);
  if (application === undefined) return undefined;
  if (stored.sessionId !== null) {
    const session = await sessionOf(deps, call, stored.sessionId);
    if (!givesAccess(application, session, nowMs)) return undefined;
  }
  const { successorKeyId, ...payload } = payloadOf(stored);
  if (typeof successorKeyId === 'string') call.exchanged = { refreshToken: id, successorKeyId };
  const isSpent = stored.consumedAtMs !== null && !isInGrace(model, stored.consumedAtMs, nowMs);
  if (isSpent) call.hasUsedAgain = true;
  return {
    ...payload,
    jti: id,
    exp: inLibraryTime(stored.expiresAtMs, libraryTime(deps)),
    ...(isSpent ? { consumed: Math.floor((stored.consumedAtMs ?? 0) / 1000) } : {}),
  };
}

function payloadOf({ payload }: StoredToken): AdapterPayload {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- keepToken wrote it
  return JSON.parse(payload) as AdapterPayload;
}

function isInGrace(model: string, consumedAtMs: number, nowMs: number): boolean {
  return model === 'RefreshToken' && nowMs - consumedAtMs <= refreshGraceSeconds * 1000;
}

// The library reads a token before it claims it, so two requests may both get here. One of them claims the token.
async function claim(deps: ProviderDeps, model: string, id: string): Promise<void> {
  const nowMs = deps.clock.nowMs();
  const tokenHash = sha256Hex(id);
  const call = currentCall();
  const isFirst = await deps.database.transaction((tx) => claimToken(tx, { tokenHash, nowMs }), {
    durability: 'relaxed',
  });
  call.claimedHash = tokenHash;
  if (isFirst) return;
  const stored = await findToken(deps.database.db, { tokenHash, model });
  if (stored?.consumedAtMs !== null && stored !== undefined && isInGrace(model, stored.consumedAtMs, nowMs)) return;
  call.hasUsedAgain = true;
  const grantId = stored && payloadOf(stored)['grantId'];
  if (typeof grantId === 'string') await endFamily(deps, grantId);
  throw new InvalidGrant('already used');
}

// The application revoked a token, or used one twice. A second use means that there is a copy, and the server cannot tell which of both a thief holds (RFC 6749, section
// 4.1.2; RFC 9700, section 4.14.2).
async function endFamily(deps: ProviderDeps, grantId: string): Promise<void> {
  const parts = partsOfGrantId(grantId);
  if (parts === undefined) return;
  const application = await applicationById(deps, currentCall(), parts.applicationId);
  const session = await sessionOf(deps, currentCall(), parts.sessionId);
  const reason = currentCall().hasUsedAgain === true ? 'used_again' : 'revoked';
  await deps.database.transaction(async (tx) => {
    await lockAlone(tx, familyLock(grantId));
    const ended = await deleteTokensOfSession(tx, parts);
    if (application === undefined || session === undefined || ended === 0) return;
    await deps.audit(tx, {
      organizationId: session.organization.id,
      actor: { type: 'server', metadata: {} },
      event: {
        type: 'application-tokens-end',
        metadata: {
          applicationId: application.id,
          sessionId: session.sessionId,
          userId: session.userId,
          ended,
          reason,
        },
      },
      clientInfo: currentCall().clientInfo,
    });
  });
}

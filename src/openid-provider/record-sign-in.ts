import { InvalidGrant } from 'oidc-provider/lib/helpers/errors.js';

import { shareOrganization } from '../access/queries.ts';
import type { Application } from '../applications/application.ts';
import type { AuditedTx } from '../audit/audited-database.ts';
import { findMemberSession } from './member-queries.ts';
import { sidOf } from './projected-state.ts';
import { currentCall } from './provider-call.ts';
import type { ProviderDeps } from './provider-deps.ts';
import { type StoredToken, touchApplicationSession } from './token-queries.ts';
import { givesAccess } from './token-standing.ts';

/**
 * Records that a user signs in to an application, in the transaction that makes the code. The organization's shared lock
 * is taken first, and what decides is read again under it: a member who is removed at this moment gets no code, or loses
 * it with the session.
 *
 * @throws `invalid_grant` if the session no longer gives the application access.
 */
export async function recordSignIn(
  { audit, clock }: ProviderDeps,
  tx: AuditedTx,
  { application, token }: { application: Application; token: StoredToken },
): Promise<void> {
  const { sessionId } = token;
  const known = sessionId === null ? undefined : currentCall().sessions.get(sessionId);
  if (sessionId === null || known === undefined) throw new InvalidGrant('no session');
  await shareOrganization(tx, known.organization.id);
  const session = await findMemberSession(tx, sessionId);
  const nowMs = clock.nowMs();
  if (!givesAccess(application, session, nowMs)) throw new InvalidGrant('the session has ended');
  const { id: applicationId } = application;
  await touchApplicationSession(tx, { sessionId, applicationId, sid: sidOf(sessionId, applicationId), nowMs });
  await audit(tx, {
    organizationId: session.organization.id,
    actor: { type: 'user', metadata: { userId: session.userId, email: session.email, authMethod: 'oidc' } },
    event: {
      type: 'application-sign-in',
      metadata: { applicationId, name: application.name, sessionId, userId: session.userId },
    },
    clientInfo: currentCall().clientInfo,
  });
}

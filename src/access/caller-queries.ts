import type { MachineActor, UserActor } from '../contract/actor.ts';
import type { Tx } from '../storage/database.ts';
import { type Params, statement } from '../storage/statement.ts';

/** Whether a credential is only read, or also locked until the transaction ends. */
export type Hold = 'read' | 'locked';

/** The caller's session, unless it has ended. */
export async function findSessionOfCaller(tx: Tx, { sessionId, userId }: UserActor, hold: Hold) {
  const session = hold === 'read' ? sessionOfCaller : lockedSessionOfCaller;
  return session.first(tx, { sessionId, userId });
}

interface SessionOfUser {
  readonly sessionId: string;
  readonly userId: string;
}

function selectSession(tx: Tx, { sessionId, userId }: Params<SessionOfUser>) {
  return tx
    .selectFrom('sessions')
    .innerJoin('users', 'users.id', 'sessions.user_id')
    .select(['sessions.auth_method', 'users.is_instance_admin'])
    .where('sessions.id', '=', sessionId)
    .where('sessions.user_id', '=', userId)
    .where('sessions.ended_at', 'is', null);
}

const sessionOfCaller = statement(selectSession);
const lockedSessionOfCaller = statement((tx: Tx, which: Params<SessionOfUser>) =>
  selectSession(tx, which).forShare('sessions'),
);

/** The caller's machine token, unless it was revoked. */
export async function findTokenOfCaller(tx: Tx, { tokenId, identityId }: MachineActor, hold: Hold) {
  const token = hold === 'read' ? tokenOfCaller : lockedTokenOfCaller;
  return token.first(tx, { tokenId, identityId });
}

interface TokenOfIdentity {
  readonly tokenId: string;
  readonly identityId: string;
}

function selectToken(tx: Tx, { tokenId, identityId }: Params<TokenOfIdentity>) {
  return tx
    .selectFrom('machine_tokens')
    .innerJoin('machine_identities', 'machine_identities.id', 'machine_tokens.identity_id')
    .select('machine_identities.is_instance_admin')
    .where('machine_tokens.id', '=', tokenId)
    .where('machine_tokens.identity_id', '=', identityId)
    .where('machine_tokens.is_revoked', '=', 0);
}

const tokenOfCaller = statement(selectToken);
const lockedTokenOfCaller = statement((tx: Tx, which: Params<TokenOfIdentity>) =>
  selectToken(tx, which).forShare('machine_tokens'),
);

import type { MachineActor, UserActor } from '../contract/actor.ts';
import type { Tx } from '../storage/database.ts';
import { statement } from '../storage/statement.ts';

/** The session that a person calls by, if nobody has ended it. */
export async function findSessionOfCaller(tx: Tx, { sessionId, userId }: UserActor) {
  return sessionOfCaller.first(tx, { sessionId, userId });
}

const sessionOfCaller = statement((tx: Tx, { sessionId, userId }: { sessionId: string; userId: string }) =>
  tx
    .selectFrom('sessions')
    .innerJoin('users', 'users.id', 'sessions.user_id')
    .select(['sessions.auth_method', 'users.is_super_admin'])
    .where('sessions.id', '=', sessionId)
    .where('sessions.user_id', '=', userId)
    .where('sessions.ended_at', 'is', null),
);

/** The token that a program calls by, if nobody has revoked it. */
export async function findTokenOfCaller(tx: Tx, { tokenId, identityId }: MachineActor) {
  return tokenOfCaller.first(tx, { tokenId, identityId });
}

const tokenOfCaller = statement((tx: Tx, { tokenId, identityId }: { tokenId: string; identityId: string }) =>
  tx
    .selectFrom('machine_tokens')
    .innerJoin('machine_identities', 'machine_identities.id', 'machine_tokens.identity_id')
    .select('machine_identities.is_instance_admin')
    .where('machine_tokens.id', '=', tokenId)
    .where('machine_tokens.identity_id', '=', identityId)
    .where('machine_tokens.is_revoked', '=', 0),
);

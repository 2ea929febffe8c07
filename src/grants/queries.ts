import { type ExpressionBuilder, sql } from 'kysely';

import type { OrganizationId, UserId } from '../contract/ids.ts';
import type { Tx } from '../storage/database.ts';
import type { Schema } from '../storage/schema/schema.ts';

/** A user in one organization. */
export interface Member {
  readonly organizationId: OrganizationId;
  readonly userId: UserId;
}

/** Who gave something in an organization: users, machine identities, or callers with certain client secrets. */
export interface Granters {
  readonly organizationId: OrganizationId;
  readonly userIds: readonly string[];
  readonly identityIds: readonly string[];
  readonly clientSecretIds: readonly string[];
}

/** Only grants since this time count, in milliseconds. */
interface Since {
  readonly sinceMs: number;
}

/** Deletes a user's break-glass codes of an organization, and what they have marked as seen. */
export async function deleteCodesAndMarks(tx: Tx, { organizationId, userId }: Member): Promise<number> {
  const codes = await tx
    .deleteFrom('break_glass_codes')
    .where('organization_id', '=', organizationId)
    .where('user_id', '=', userId)
    .executeTakeFirst();
  await tx
    .deleteFrom('emergency_use_readers')
    .where('organization_id', '=', organizationId)
    .where('user_id', '=', userId)
    .execute();
  return Number(codes.numDeletedRows);
}

/** Ends open invitations. Another admin can renew them and is then their sender. */
export async function expireInvitations(
  tx: Tx,
  granters: Granters,
  nowMs: number,
): Promise<{ id: string; mail_id: string | null }[]> {
  return tx
    .updateTable('invitations')
    .set({ expires_at: nowMs, updated_at: nowMs })
    .where('organization_id', '=', granters.organizationId)
    .where('status', '=', 'invited')
    .where('expires_at', '>', nowMs)
    .where(givenBy(granters, { kind: 'inviter_kind', id: 'inviter_id', proof: 'inviter_proof' }))
    .returning(['id', 'mail_id'])
    .execute();
}

/** Withdraws their permissions to relink; returns how many were still valid. */
export async function takeBackRelinksOf(tx: Tx, granters: Granters, nowMs: number): Promise<number> {
  const columns = { kind: 'relink_granter_kind', id: 'relink_granter_id', proof: 'relink_granter_proof' };
  const named = await tx
    .updateTable('user_identities')
    .set({ relink_until_at: null, relink_granter_kind: null, relink_granter_id: null, relink_granter_proof: null })
    .where('organization_id', '=', granters.organizationId)
    .where('relink_until_at', '>', nowMs)
    .where(givenBy(granters, columns))
    .returning('id')
    .execute();
  const issuers = await tx
    .deleteFrom('relinkable_issuers')
    .where('organization_id', '=', granters.organizationId)
    .where(givenBy(granters, grantColumns))
    .returning('until_at')
    .execute();
  return named.length + issuers.filter(({ until_at: untilMs }) => untilMs > nowMs).length;
}

/** Machine identities whose current role they gave, except the server's own identity. */
export async function findIdentitiesGivenBy(
  tx: Tx,
  granters: Granters,
  { sinceMs }: Since,
): Promise<{ id: string; name: string }[]> {
  return tx
    .selectFrom('machine_identities')
    .select(['id', 'name'])
    .where('organization_id', '=', granters.organizationId)
    .where('role', '!=', 'no-access')
    .where('is_instance_admin', '=', 0)
    .where('granted_at', '>=', sinceMs)
    .where(givenBy(granters, grantColumns))
    .execute();
}

/** Valid client secrets that they created. */
export async function findClientSecretsMadeBy(
  tx: Tx,
  granters: Granters,
  { sinceMs }: Since,
): Promise<{ id: string; identity_id: string }[]> {
  return tx
    .selectFrom('client_secrets')
    .innerJoin('universal_auths', 'universal_auths.id', 'client_secrets.universal_auth_id')
    .innerJoin('machine_identities', 'machine_identities.id', 'universal_auths.identity_id')
    .select(['client_secrets.id', 'universal_auths.identity_id'])
    .where('machine_identities.organization_id', '=', granters.organizationId)
    .where('client_secrets.is_revoked', '=', 0)
    .where('client_secrets.created_at', '>=', sinceMs)
    .where(
      givenBy(granters, {
        kind: 'client_secrets.granter_kind',
        id: 'client_secrets.granter_id',
        proof: 'client_secrets.granter_proof',
      }),
    )
    .execute();
}

/** Sets machine identities to no-access and ends their tokens. */
export async function dropIdentities(tx: Tx, ids: readonly string[], nowMs: number): Promise<void> {
  if (ids.length === 0) return;
  await tx
    .updateTable('machine_identities')
    .set({ role: 'no-access', updated_at: nowMs })
    .where('id', 'in', ids)
    .execute();
  await tx
    .updateTable('machine_tokens')
    .set({ is_revoked: 1 })
    .where('identity_id', 'in', ids)
    .where('is_revoked', '=', 0)
    .execute();
}

/** Revokes client secrets and the tokens they obtained. */
export async function revokeClientSecrets(tx: Tx, ids: readonly string[], nowMs: number): Promise<void> {
  if (ids.length === 0) return;
  await tx.updateTable('client_secrets').set({ is_revoked: 1, updated_at: nowMs }).where('id', 'in', ids).execute();
  await tx
    .updateTable('machine_tokens')
    .set({ is_revoked: 1 })
    .where('client_secret_id', 'in', ids)
    .where('is_revoked', '=', 0)
    .execute();
}

/** Pauses the audit webhook if they chose its receiver; returns its id. */
export async function pauseWebhookOf(
  tx: Tx,
  granters: Granters,
  { sinceMs, nowMs }: Since & { readonly nowMs: number },
): Promise<string | undefined> {
  const row = await tx
    .updateTable('audit_webhooks')
    .set((eb) => ({
      pause_reason: 'by_admin',
      lease_id: null,
      lease_until_at: 0,
      updated_at: nowMs,
      revision: eb('revision', '+', 1),
    }))
    .where('organization_id', '=', granters.organizationId)
    .where('pause_reason', 'is', null)
    .where('granted_at', '>=', sinceMs)
    .where(givenBy(granters, grantColumns))
    .returning('id')
    .executeTakeFirst();
  return row?.id;
}

/**
 * Ends what a restored backup would revive: sessions, machine tokens, break-glass codes, client secrets with a usage
 * limit, open invitations and permissions to relink.
 */
export async function endAllAccess(tx: Tx, nowMs: number): Promise<{ sessions: number; machineTokens: number }> {
  const ending = { ended_at: nowMs, end_reason: 'database_restored' } as const;
  const sessions = await tx.updateTable('sessions').set(ending).where('ended_at', 'is', null).executeTakeFirst();
  const machineTokens = await tx
    .updateTable('machine_tokens')
    .set({ is_revoked: 1 })
    .where('is_revoked', '=', 0)
    .executeTakeFirst();
  await tx.deleteFrom('break_glass_codes').execute();
  await tx
    .updateTable('client_secrets')
    .set({ is_revoked: 1, updated_at: nowMs })
    .where('num_uses_limit', '>', 0)
    .where('is_revoked', '=', 0)
    .execute();
  await tx
    .updateTable('invitations')
    .set({ expires_at: nowMs, updated_at: nowMs })
    .where('status', '=', 'invited')
    .where('expires_at', '>', nowMs)
    .execute();
  await tx
    .updateTable('mail_outbox')
    .set({ status: 'withdrawn', sealed_message: '', next_attempt_at: null, updated_at: nowMs })
    .where('status', '=', 'queued')
    .execute();
  await tx
    .updateTable('user_identities')
    .set({ relink_until_at: null, relink_granter_kind: null, relink_granter_id: null, relink_granter_proof: null })
    .where('relink_until_at', 'is not', null)
    .execute();
  await tx.deleteFrom('relinkable_issuers').execute();
  return { sessions: Number(sessions.numUpdatedRows), machineTokens: Number(machineTokens.numUpdatedRows) };
}

interface GrantColumns {
  readonly kind: string;
  readonly id: string;
  readonly proof: string;
}

const grantColumns: GrantColumns = { kind: 'granter_kind', id: 'granter_id', proof: 'granter_proof' };

// Column names are constants of this file.
function givenBy({ userIds, identityIds, clientSecretIds }: Granters, { kind, id, proof }: GrantColumns) {
  return <Table extends keyof Schema>(eb: ExpressionBuilder<Schema, Table>) => {
    const isOf = (wanted: 'user' | 'identity', column: string, values: readonly string[]) =>
      values.length === 0
        ? []
        : [sql<boolean>`${sql.ref(kind)} = ${wanted} and ${sql.ref(column)} in (${sql.join([...values])})`];
    const anyOf = [
      ...isOf('user', id, userIds),
      ...isOf('identity', id, identityIds),
      ...isOf('identity', proof, clientSecretIds),
    ];
    return anyOf.length === 0 ? sql<boolean>`1 = 0` : eb.or(anyOf);
  };
}

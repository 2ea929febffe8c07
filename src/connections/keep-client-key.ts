import type { AuditedTx } from '../audit/audited-database.ts';
import { auditActor } from '../audit/append.ts';
import type { Actor, ClientInfo } from '../contract/actor.ts';
import { asId, type OrganizationId } from '../contract/ids.ts';
import { appError } from '../contract/errors.ts';
import { deleteClientKeys, insertClientKey } from './client-key-queries.ts';
import type { NewClientKey } from '../oidc/client-authentication/make-client-key.ts';
import { clientKeyRow } from './client-key-row.ts';
import type { SsoConfigDeps } from './routes.ts';
import { destinationOf, movesSecret, type OidcSettings, usesClientKey } from './rules.ts';

/** Whether a change of settings requires a new key pair: the first one, or one for another destination. */
export function wantsClientKey(before: OidcSettings | undefined, after: OidcSettings): boolean {
  if (!usesClientKey(after)) return false;
  return before === undefined || !usesClientKey(before) || movesSecret(before, after);
}

interface Change {
  readonly row: { readonly id: string; readonly organization_id: string };
  readonly before: OidcSettings | undefined;
  readonly after: OidcSettings;
  /** A key pair that was generated in advance, if any. */
  readonly spare: NewClientKey | undefined;
  readonly by: { readonly actor: Actor; readonly clientInfo: ClientInfo };
}

/**
 * Gives a connection the key pair that its settings require, and deletes the others. Like a secret, a key belongs to
 * one destination, and an unused one is not kept.
 */
export async function keepClientKey(deps: SsoConfigDeps, tx: AuditedTx, change: Change): Promise<void> {
  const { row, before, after } = change;
  const isWanted = wantsClientKey(before, after);
  // Another change came first. The caller tries again and generates the key pair outside of the transaction.
  if (isWanted && change.spare === undefined) throw appError('precondition_failed');
  if (isWanted || !usesClientKey(after)) await deleteClientKeys(tx, row.id);
  if (!isWanted || change.spare === undefined) return;
  const nowMs = deps.clock.nowMs();
  const destination = destinationOf(row.organization_id, after);
  const use = { configId: row.id, destination, nowMs, activeFromMs: nowMs };
  await addClientKey(deps, tx, { ...change, key: change.spare, use });
}

/** Adds a key pair and audits it. */
export async function addClientKey(
  deps: SsoConfigDeps,
  tx: AuditedTx,
  { row, key, use, by }: Pick<Change, 'row' | 'by'> & { key: NewClientKey; use: Parameters<typeof clientKeyRow>[2] },
): Promise<void> {
  await insertClientKey(tx, clientKeyRow(deps.keyring, key, use));
  await deps.audit(tx, {
    organizationId: asId<OrganizationId>(row.organization_id),
    actor: auditActor(by.actor),
    event: {
      type: 'oidc-client-key-create',
      metadata: { configId: row.id, keyId: key.id, activeFrom: new Date(use.activeFromMs).toISOString() },
    },
    clientInfo: by.clientInfo,
  });
}

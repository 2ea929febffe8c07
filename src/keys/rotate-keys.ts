import { auditActor } from '../audit/append.ts';
import type { Actor, ClientInfo } from '../contract/actor.ts';
import { appError } from '../contract/errors.ts';
import type { RotateKeysBody } from '../contract/keys.ts';
import { requireCallerLocked } from '../access/caller.ts';
import type { Tx } from '../storage/database.ts';
import { rotateDataKey } from '../storage/keys/rotate-data-key.ts';
import { forgetOtherRootKeys } from '../storage/keys/rotate-root-key.ts';
import { rotateSigningKeys } from '../signing-keys/rotate-signing-key.ts';
import type { KeysDeps } from './keys-deps.ts';

/**
 * Starts a rotation of signing or data keys, or finishes one of the root key. A running rotation continues and is not
 * audited twice.
 *
 * @throws `permission_denied` or `key_rotation_not_ready`
 */
export async function rotateKeys(
  deps: KeysDeps,
  { actor, clientInfo, kind }: { actor: Actor; clientInfo: ClientInfo; kind: RotateKeysBody['kind'] },
): Promise<void> {
  if (!actor.isInstanceAdmin) throw appError('permission_denied');
  await deps.database.transaction(async (tx) => {
    await requireCallerLocked(tx, actor);
    const keyId = await rotate(deps, tx, kind);
    if (keyId === undefined) return;
    await deps.audit(tx, {
      organizationId: undefined,
      actor: auditActor(actor),
      event: { type: 'server-keys-rotate', metadata: { kind, keyId } },
      clientInfo,
    });
  });
  await deps.keyring.refresh();
}

/** The new key or, for the root key, the only remaining one; `undefined` if nothing changed. */
async function rotate(deps: KeysDeps, tx: Tx, kind: RotateKeysBody['kind']): Promise<string | undefined> {
  const { keyring, rootKeys, clock, random } = deps;
  switch (kind) {
    case 'signing': {
      const next = await rotateSigningKeys({ keyring, clock }, tx);
      return next.find(({ isNew }) => isNew)?.id;
    }
    case 'data': {
      const roots = { rootKey: rootKeys.current, otherRootKeys: rootKeys.others };
      const { id, isNew } = await rotateDataKey({ ...roots, clock, random }, tx);
      return isNew ? id : undefined;
    }
    case 'root': {
      const removed = await forgetOtherRootKeys(tx, rootKeys.current.id);
      return removed > 0 ? rootKeys.current.id : undefined;
    }
    default:
      return kind satisfies never;
  }
}

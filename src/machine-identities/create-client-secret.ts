import { auditActor } from '../audit/append.ts';
import { appError } from '../contract/errors.ts';
import type { ClientSecretData, CreateClientSecretBody } from '../contract/identities.ts';
import { asId, type OrganizationId } from '../contract/ids.ts';
import { clientSecretsPerIdentityMax } from '../contract/limits.ts';
import { sha256Hex } from '../kernel/digest.ts';
import { granterColumns } from '../access/granter-status.ts';
import type { Caller, IdentitiesDeps } from './deps.ts';
import { requireUniversalAuthAlone } from './require-identity.ts';
import { toClientSecretData } from './to-universal-auth.ts';
import {
  type ClientSecretRow,
  countLiveClientSecrets,
  insertClientSecret,
  lockUniversalAuth,
} from './universal-auth-queries.ts';

/**
 * 256 random bits cannot be guessed, so a plain SHA-256 is enough to store the secret (NIST SP 800-63B, section
 * 3.1.2.2).
 */
const secretBytes = 32;
const prefixLength = 4;

/**
 * Creates a client secret. Only this response contains it; the database stores its hash.
 *
 * @throws `identity_not_found`, `permission_denied`, `universal_auth_not_found` or `limit_reached`.
 */
export async function createClientSecret(
  { database, audit, clock, random }: IdentitiesDeps,
  { actor, clientInfo, identityId, body }: Caller & { identityId: string; body: CreateClientSecretBody },
): Promise<{ clientSecret: string; clientSecretData: ClientSecretData }> {
  return database.transaction(async (tx) => {
    const { identity, universalAuth } = await requireUniversalAuthAlone(tx, actor, { identityId, action: 'edit' });
    // Concurrent callers wait here, so that they cannot exceed the limit together.
    await lockUniversalAuth(tx, universalAuth.client_id);
    const liveCount = await countLiveClientSecrets(tx, universalAuth.id);
    if (liveCount >= clientSecretsPerIdentityMax) throw appError('limit_reached');
    const clientSecret = random.bytes(secretBytes).toString('hex');
    const nowMs = clock.nowMs();
    const row: ClientSecretRow = {
      id: random.uuid(),
      universal_auth_id: universalAuth.id,
      secret_hash: sha256Hex(clientSecret),
      prefix: clientSecret.slice(0, prefixLength),
      description: body.description ?? '',
      num_uses: 0,
      num_uses_limit: body.numUsesLimit ?? 0,
      ttl_seconds: body.ttl ?? 0,
      is_revoked: 0,
      last_used_at: null,
      created_at: nowMs,
      updated_at: nowMs,
      ...granterColumns(actor),
    };
    await insertClientSecret(tx, row);
    const metadata = { identityId: identity.id, clientSecretId: row.id, clientSecretPrefix: row.prefix };
    await audit(tx, {
      organizationId: asId<OrganizationId>(identity.organization_id),
      actor: auditActor(actor),
      event: { type: 'client-secret-create', metadata },
      clientInfo,
    });
    return { clientSecret, clientSecretData: toClientSecretData(row) };
  });
}

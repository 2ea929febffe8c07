import type { ClientInfo } from '../contract/actor.ts';
import { asId, type OrganizationId } from '../contract/ids.ts';
import type { MachineToken } from '../contract/identities.ts';
import { withClientSecret } from './check-client-secret.ts';
import { recordMachineToken, signMachineToken } from './machine-tokens.ts';
import type { MachineLoginDeps } from './routes.ts';

/**
 * Logs a machine identity in with its client id and one of its client secrets.
 *
 * @throws `credentials_invalid` or `credentials_locked`
 */
export async function loginWithUniversalAuth(
  deps: MachineLoginDeps,
  credentials: { clientId: string; clientSecret: string },
  clientInfo: ClientInfo,
): Promise<MachineToken> {
  const granted = await withClientSecret(deps, { ...credentials, clientInfo }, async (tx, accepted) => {
    const { identity, universalAuth, clientSecret } = accepted;
    const token = {
      identityId: identity.id,
      organizationId: identity.organization_id,
      clientSecretId: clientSecret.id,
      ttlSeconds: universalAuth.access_token_ttl_seconds,
      maxTtlSeconds: universalAuth.access_token_max_ttl_seconds,
      numUsesLimit: universalAuth.access_token_num_uses_limit,
    };
    const tokenId = await recordMachineToken(deps, tx, token);
    await deps.audit(tx, {
      organizationId: asId<OrganizationId>(identity.organization_id),
      actor: { type: 'identity', metadata: { identityId: identity.id, name: identity.name } },
      event: {
        type: 'universal-auth-login',
        metadata: { identityId: identity.id, clientSecretId: clientSecret.id, tokenId },
      },
      clientInfo,
    });
    return { token, tokenId };
  });
  return signMachineToken(deps.accessTokens, granted.tokenId, granted.token);
}

import type { Random } from '../../kernel/random.ts';
import { buildTokenRequest, type TokenRequest } from '../callback/build-token-request.ts';
import type { ConnectionSettings } from '../connection.ts';
import type { ProviderMetadata } from '../discovery/provider-metadata.ts';

/**
 * Builds a token request (RFC 6749, section 4.1.3; RFC 7636, section 4.5) that is correct except for its code. A
 * provider authenticates the client before it checks the code (RFC 6749, section 3.2.1), so its error shows whether it
 * accepts the secret, without a user.
 */
export async function impossibleGrant(
  connection: ConnectionSettings,
  metadata: ProviderMetadata,
  { redirectUri, random }: { readonly redirectUri: string; readonly random: Random },
): Promise<TokenRequest> {
  const code = `connection-test-${random.token(24)}`;
  const codeVerifier = random.token(32);
  return buildTokenRequest(connection, metadata, { code, redirectUri, codeVerifier });
}

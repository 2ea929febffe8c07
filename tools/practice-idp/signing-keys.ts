import { exportJWK, generateKeyPair, type JWK } from 'jose';

// One key for each kind: the RSA key serves RS256 to PS512. HS256 signs with the client's secret and needs none
// (OpenID Connect Core 1.0, section 10.1).
const kinds = ['RS256', 'ES256', 'ES384', 'ES512', 'Ed25519'] as const;

/**
 * Fresh private keys for every asymmetric algorithm that a client may ask for. They carry no `alg` and no `kid`: the
 * library names each by its thumbprint (RFC 7638), so two sets never share a name.
 */
export async function generateSigningKeys(): Promise<readonly JWK[]> {
  return Promise.all(
    kinds.map(async (kind) => {
      const { privateKey } = await generateKeyPair(kind, { extractable: true });
      return { ...(await exportJWK(privateKey)), use: 'sig' };
    }),
  );
}

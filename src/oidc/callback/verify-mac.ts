import { createHmac, timingSafeEqual } from 'node:crypto';

import { compactVerify } from 'jose';

import type { Secret } from '../../kernel/secret.ts';
import type { CompactJws } from './compact-jws.ts';

export type MacVerdict = 'verified' | 'no_secret' | 'not_verified';

/**
 * Verifies the MAC of a token that is signed with `HS256`. The key is the UTF-8 of the client secret (OpenID Connect Core,
 * section 10.1). Two implementations must agree, node:crypto and jose: oauth4webapi verifies no MACs.
 */
export async function verifyMac(jws: CompactJws, clientSecret: Secret): Promise<MacVerdict> {
  const secret = clientSecret.expose();
  // An attacker could sign with an empty key.
  if (secret === '') return 'no_secret';
  const mac = createHmac('sha256', secret).update(jws.signingInput).digest();
  if (mac.length !== jws.signature.length || !timingSafeEqual(mac, jws.signature)) return 'not_verified';
  const key = new TextEncoder().encode(secret);
  return compactVerify(jws.text, key, { algorithms: ['HS256'] }).then(
    () => 'verified',
    () => 'not_verified',
  );
}

import { createHmac, createPublicKey, generateKeyPairSync, sign as signBytes } from 'node:crypto';

import { describe, expect, it } from 'vitest';

import { createProviderKey, signClaims, type ProviderKey } from '../../support/faulty-idp-keys.ts';
import type { Claims } from '../../support/faulty-idp.ts';
import { attempt } from './attempt.ts';

const encode = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');

function unsigned(header: object, claims: Claims): string {
  return `${encode(header)}.${encode(claims)}.`;
}

function mac(header: object, claims: Claims, secret: string | Buffer): string {
  const input = `${encode(header)}.${encode(claims)}`;
  return `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`;
}

const withSign = (sign: (claims: Claims, key: ProviderKey) => Promise<string> | string) => ({ mutate: { sign } });

describe('an unsigned ID token', () => {
  it.each(['none', 'None', 'nOnE', 'NONE'])('rejects an ID token with alg %s', async (alg) => {
    const { code } = await attempt(withSign((claims) => `${unsigned({ alg }, claims)}AAAA`));
    expect(code).toBe('id_token_algorithm_mismatch');
  });

  it('rejects an ID token with an empty signature', async () => {
    const { code } = await attempt(withSign((claims) => unsigned({ alg: 'none' }, claims)));
    expect(code).toBe('id_token_invalid');
  });

  it('rejects an unsigned ID token even if the provider metadata lists "none"', async () => {
    const { code } = await attempt({
      mutate: {
        sign: (claims) => `${unsigned({ alg: 'none' }, claims)}AAAA`,
        discovery: (document) => ({ ...document, id_token_signing_alg_values_supported: ['none', 'HS256', 'EdDSA'] }),
      },
    });
    expect(code).toBe('id_token_algorithm_mismatch');
  });

  it('rejects an ID token without alg', async () => {
    const { code } = await attempt(withSign((claims) => `${unsigned({ typ: 'JWT' }, claims)}AAAA`));
    expect(code).toBe('id_token_algorithm_mismatch');
  });
});

describe('a forged signature', () => {
  it.each(['RS256', 'ES256', 'EdDSA', 'PS256'] as const)(
    'rejects a signature by a foreign %s key with the right kid',
    async (algorithm) => {
      const foreign = await createProviderKey(algorithm, 'key-1', '');
      const { code } = await attempt({ algorithm, ...withSign((claims) => signClaims(foreign, claims)) });
      expect(code).toBe('id_token_signature_invalid');
    },
  );

  it.each(['RS256', 'ES256', 'EdDSA', 'HS256'] as const)('rejects an altered %s signature', async (algorithm) => {
    const { code } = await attempt({
      algorithm,
      ...withSign(async (claims, key) => {
        const [header, , signature] = (await signClaims(key, claims)).split('.');
        return `${header}.${encode({ ...claims, sub: 'somebody-else' })}.${signature}`;
      }),
    });
    expect(code).toBe('id_token_signature_invalid');
  });

  it.each(['RS256', 'ES256', 'EdDSA'] as const)('rejects a truncated %s signature', async (algorithm) => {
    const { code } = await attempt({
      algorithm,
      ...withSign(async (claims, key) => (await signClaims(key, claims)).slice(0, -8)),
    });
    expect(code).toBe('id_token_signature_invalid');
  });

  it('rejects an ECDSA signature of zeros', async () => {
    const { code } = await attempt({
      algorithm: 'ES256',
      ...withSign((claims) => {
        const zeros = Buffer.alloc(64).toString('base64url');
        return `${encode({ alg: 'ES256', kid: 'key-1' })}.${encode(claims)}.${zeros}`;
      }),
    });
    expect(code).toBe('id_token_signature_invalid');
  });

  it('rejects a signature whose key is in the token header', async () => {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519');
    const header = {
      alg: 'EdDSA',
      jwk: publicKey.export({ format: 'jwk' }),
      jku: 'http://127.0.0.1:1/',
      x5c: ['AAAA'],
    };
    const { code } = await attempt(
      withSign((claims) => {
        const input = `${encode(header)}.${encode(claims)}`;
        return `${input}.${signBytes(null, Buffer.from(input), privateKey).toString('base64url')}`;
      }),
    );
    expect(code).toBe('id_token_signature_invalid');
  });
});

describe('a MAC in place of a signature', () => {
  it.each(['pem', 'der', 'jwk'] as const)(
    'rejects a MAC keyed with the public key as %s if RS256 is configured',
    async (format) => {
      const { code } = await attempt({
        algorithm: 'RS256',
        ...withSign((claims, key) => {
          const publicKey = createPublicKey({ key: { ...key.publicJwk }, format: 'jwk' });
          const secret =
            format === 'jwk'
              ? JSON.stringify(key.publicJwk)
              : publicKey.export(format === 'pem' ? { format, type: 'spki' } : { format, type: 'spki' });
          return mac({ alg: 'HS256', kid: key.kid }, claims, secret);
        }),
      });
      expect(code).toBe('id_token_algorithm_mismatch');
    },
  );

  it.each([
    ['nothing', ''],
    ['the text null', 'null'],
    ['the client id', 'sallyport-client'],
    ['the secret with other letters', 'A CLIENT SECRET OF 32 BYTES & MORE: %+~'],
    ['the secret with a line break', 'a client secret of 32 bytes & more: %+~\n'],
  ])('rejects a MAC keyed with %s if HS256 is configured', async (_what, secret) => {
    const { code } = await attempt({
      algorithm: 'HS256',
      ...withSign((claims) => mac({ alg: 'HS256' }, claims, secret)),
    });
    expect(code).toBe('id_token_signature_invalid');
  });

  it('accepts a MAC keyed with the client secret without fetching a JWK Set', async () => {
    const { code, idp } = await attempt({ algorithm: 'HS256' });
    expect(code).toBe('signed_in');
    expect(idp.count('keys')).toBe(0);
  });
});

describe('a token header', () => {
  it.each([
    ['an access token', { typ: 'at+jwt' }],
    ['a logout token', { typ: 'logout+jwt' }],
    ['a number', { typ: 7 }],
  ])('rejects a header with typ %s', async (_what, idTokenHeader) => {
    const { code, meta } = await attempt({
      mutate: { sign: (claims, key) => signRaw(key, idTokenHeader, claims) },
    });
    expect([code, meta['check']]).toEqual(['id_token_invalid', 'typ']);
  });

  it.each([{ typ: 'JWT' }, { typ: 'jwt' }, { typ: 'application/jwt' }, {}])(
    'accepts a header with %j',
    async (header) => {
      const { code } = await attempt(withSign((claims, key) => signRaw(key, header, claims)));
      expect(code).toBe('signed_in');
    },
  );

  it.each([{ crit: ['exp'], exp: 1 }, { crit: [] }, { b64: false }, { zip: 'DEF' }, { enc: 'A128GCM' }])(
    'rejects a header with %j',
    async (header) => {
      const { code, meta } = await attempt(withSign((claims, key) => signRaw(key, header, claims)));
      expect([code, meta['check']]).toEqual(['id_token_invalid', 'crit']);
    },
  );

  it.each([7, { a: 1 }, ['key-1'], 'k'.repeat(257)])('rejects the kid %j', async (kid) => {
    const { code, meta } = await attempt(withSign((claims, key) => signRaw(key, { kid }, claims)));
    expect([code, meta['check']]).toEqual(['id_token_invalid', 'kid']);
  });

  it.each(['../../etc/passwd', "'; drop table keys; --", 'a\r\nb'])(
    'treats the kid %j as an unknown key',
    async (kid) => {
      const { code } = await attempt(withSign((claims, key) => signRaw(key, { kid }, claims)));
      expect(code).toBe('id_token_signature_invalid');
    },
  );

  it('accepts the newer name Ed25519 for EdDSA', async () => {
    const { code } = await attempt(withSign((claims, key) => signRaw(key, { alg: 'Ed25519' }, claims)));
    expect(code).toBe('signed_in');
  });

  it('rejects Ed448 if EdDSA is configured', async () => {
    const { code } = await attempt(withSign((claims, key) => signRaw(key, { alg: 'Ed448' }, claims)));
    expect(code).toBe('id_token_algorithm_mismatch');
  });
});

describe('a token in another format', () => {
  it.each([
    ['no token', 'x'],
    ['two parts', 'a.b'],
    ['an encrypted token', 'a.b.c.d.e'],
    ['the JSON serialization', '{"payload":"e30","protected":"e30","signature":"AA"}'],
    ['nested', 'YS5iLmM.YS5iLmM.YS5iLmM'],
    ['a header that is no object', `${Buffer.from('[]').toString('base64url')}.e30.AAAA`],
  ])('rejects %s', async (_what, token) => {
    const { code, meta } = await attempt(withSign(() => token));
    expect([code, meta['check']]).toEqual(['id_token_invalid', 'form']);
  });

  it('rejects base64url with padding', async () => {
    const { code } = await attempt(withSign(async (claims, key) => `${await signClaims(key, claims)}==`));
    expect(code).toBe('id_token_invalid');
  });

  it('rejects a token that is longer than any ID token may be', async () => {
    const { code } = await attempt({ claims: { sub: 's', email: 'a@acme.example', more: 'x'.repeat(190_000) } });
    expect(code).toBe('idp_response_invalid');
  });
});

// Signs with node:crypto, which does not check the header.
async function signRaw(key: ProviderKey, header: object, claims: Claims): Promise<string> {
  const input = `${encode({ alg: 'EdDSA', kid: key.kid, ...header })}.${encode(claims)}`;
  if (key.signingKey instanceof Uint8Array) {
    throw new Error('this needs a private key');
  }
  const signature = await crypto.subtle.sign('Ed25519', key.signingKey, Buffer.from(input));
  return `${input}.${Buffer.from(signature).toString('base64url')}`;
}

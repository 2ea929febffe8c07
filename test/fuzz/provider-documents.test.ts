import { constants, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { connectionOptionDefaults } from '../../src/contract/connection-option-defaults.ts';
import { isKnownError } from '../../src/contract/errors.ts';
import { groupsClaimCountMax, nameLengthMax } from '../../src/contract/limits.ts';
import { isJsonObject, parseJsonObject } from '../../src/oidc/bounded-json.ts';
import { parseCompactJws } from '../../src/oidc/callback/compact-jws.ts';
import { verifySignature } from '../../src/oidc/callback/signing-algorithm.ts';
import { readGroups } from '../../src/oidc/identity/groups-claim.ts';
import { candidateKeys, readJwkSet } from '../../src/oidc/discovery/jwk-set.ts';
import { keysPerJwkSetMax, keysPerTokenMax } from '../../src/oidc/limits.ts';
import { createOutboundPolicy } from '../../src/outbound/outbound-policy.ts';
import { readFullName } from '../../src/oidc/identity/full-name.ts';
import { readMetadata } from '../../src/oidc/discovery/provider-metadata.ts';
import { upstreamText } from '../../src/oidc/upstream-text.ts';
import { anyJson, anyText, nearly, privateAddress, sent } from './hostile-values.ts';

const policy = createOutboundPolicy([]);
const issuer = 'https://idp.acme.example';

describe('any bytes as a JSON object', () => {
  it('are rejected, or equal what JSON.parse returns', () => {
    const bytes = fc.oneof(
      fc.uint8Array({ maxLength: 200 }).map((array) => Buffer.from(array)),
      anyJson.map((value) => Buffer.from(JSON.stringify(value) ?? '')),
      anyText.map((text) => Buffer.from(`{"a":${text}}`)),
    );
    fc.assert(
      fc.property(bytes, (body) => {
        const parsed = parseJsonObject(body);
        if (parsed.ok) expect(parsed.value).toEqual(JSON.parse(body.toString()));
      }),
      { numRuns: 2_000 },
    );
    expect(Object.getPrototypeOf({})).not.toHaveProperty('sub');
  });

  it('H264: that nest deeper than the limit are rejected for that reason', () => {
    fc.assert(
      fc.property(fc.integer({ min: 33, max: 50_000 }), fc.constantFrom('[', '{"a":'), (depth, opening) => {
        expect(parseJsonObject(Buffer.from(`{"a":${opening.repeat(depth)}`))).toEqual({
          ok: false,
          reason: 'too_deep',
        });
      }),
      { numRuns: 50 },
    );
  });
});

it('any string as a compact JWS is rejected, or can be rebuilt from its parts', () => {
  const part = fc.oneof(
    anyText,
    anyJson.map((value) => Buffer.from(JSON.stringify(value) ?? '').toString('base64url')),
  );
  fc.assert(
    fc.property(fc.array(part, { maxLength: 5 }), (parts) => {
      const jws = parseCompactJws(parts.join('.'));
      if (jws === undefined) return;
      expect(parts).toHaveLength(3);
      expect(jws.signingInput.toString()).toBe(parts.slice(0, 2).join('.'));
    }),
    { numRuns: 2_000 },
  );
});

it('any discovery document is rejected with a code, or has this issuer and endpoints that may be called', () => {
  const good = {
    issuer,
    authorization_endpoint: `${issuer}/authorize?tenant=1`,
    token_endpoint: `${issuer}/token`,
    jwks_uri: `${issuer}/keys`,
    userinfo_endpoint: `${issuer}/userinfo`,
    token_endpoint_auth_methods_supported: ['client_secret_post'],
    authorization_response_iss_parameter_supported: true,
  };
  const urls = fc.oneof(fc.webUrl(), fc.constantFrom('javascript:alert(1)', 'https://127.1/', 'https://2130706433/x'));
  const document = fc
    .tuple(nearly(good), fc.constantFrom(...Object.keys(good)), urls, fc.boolean())
    .map(([near, field, url, isReplaced]) => sent({ ...near, ...(isReplaced ? { [field]: url } : {}) }));
  fc.assert(
    fc.property(document, (value) => {
      const metadata = codeOrValue(() => readMetadata(value, { policy, issuers: [issuer] }));
      if (metadata === undefined) return;
      expect(metadata.issuer).toBe(issuer);
      const { authorizationEndpoint, tokenEndpoint, jwksUri, userinfoEndpoint } = metadata;
      for (const endpoint of [authorizationEndpoint, tokenEndpoint, jwksUri, userinfoEndpoint ?? tokenEndpoint]) {
        const url = new URL(endpoint);
        expect([url.protocol, url.port, url.username, url.hash]).toEqual(['https:', '', '', '']);
        expect(url.hostname).not.toMatch(privateAddress);
      }
    }),
    { numRuns: 3_000 },
  );
});

describe('any JWK Set', () => {
  const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const curve = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const edwards = generateKeyPairSync('ed25519');
  const signers = {
    RS256: { pair: rsa, digest: 'sha256', options: {} },
    PS512: {
      pair: rsa,
      digest: 'sha512',
      options: { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: constants.RSA_PSS_SALTLEN_DIGEST },
    },
    ES256: { pair: curve, digest: 'sha256', options: { dsaEncoding: 'ieee-p1363' } },
    EdDSA: { pair: edwards, digest: null, options: {} },
  } as const;
  const algorithms = ['RS256', 'PS512', 'ES256', 'EdDSA'] as const;
  const signingInput = Buffer.from('header.payload');
  const signed = algorithms.map((algorithm) => {
    const { pair, digest, options } = signers[algorithm];
    const signature = sign(digest, signingInput, { key: pair.privateKey, ...options });
    return { algorithm, signature, material: materialOf(pair.publicKey) };
  });
  const usable = [
    { ...rsa.publicKey.export({ format: 'jwk' }), kid: 'rsa', use: 'sig' },
    { ...curve.publicKey.export({ format: 'jwk' }), kid: 'curve' },
    { ...edwards.publicKey.export({ format: 'jwk' }), kid: 'edwards', key_ops: ['verify'] },
  ];
  const unusable = [
    { ...rsa.privateKey.export({ format: 'jwk' }), kid: 'private' },
    { ...curve.privateKey.export({ format: 'jwk' }), kid: 'private' },
    { kty: 'oct', k: 'c2VjcmV0', kid: 'secret' },
    { ...rsa.publicKey.export({ format: 'jwk' }), kid: 'encryption', use: 'enc' },
  ];
  const mutated = fc.oneof(anyJson, fc.constantFrom(...usable, ...unusable).chain(nearly));

  it('yields the usable keys it holds and no private, symmetric or encryption key', () => {
    fc.assert(
      fc.property(fc.shuffledSubarray(usable), fc.shuffledSubarray(unusable), (good, bad) => {
        const keys = readJwkSet({ keys: [...bad, ...good] }, issuer)?.keys ?? [];
        expect(keys.map(({ kid }) => kid)).toEqual(good.map(({ kid }) => kid));
      }),
      { numRuns: 100 },
    );
  });

  it('yields public keys within the limits, and each verifies only signatures of its own private key', () => {
    let verified = 0;
    const sets = fc.oneof(
      anyJson,
      fc.array(fc.oneof(mutated, fc.constantFrom(...usable, ...unusable)), { maxLength: 8 }).map((keys) => ({ keys })),
    );
    fc.assert(
      fc.property(sets, (value) => {
        const document = sent(value);
        if (!isJsonObject(document)) return;
        const keySet = readJwkSet(document, issuer);
        if (keySet === undefined) return;
        expect(keySet.keys.length).toBeLessThanOrEqual(keysPerJwkSetMax);
        for (const key of keySet.keys) {
          expect(key.object.type).toBe('public');
          expect(key.jwk).not.toHaveProperty('d');
        }
        for (const { algorithm, signature, material } of signed) {
          const candidates = candidateKeys(keySet, algorithm, undefined);
          expect(candidates.length).toBeLessThanOrEqual(keysPerTokenMax);
          for (const { object } of candidates) {
            const isVerified = verifySignature(algorithm, object, { signingInput, signature });
            expect(isVerified).toBe(materialOf(object) === material);
            if (isVerified) verified += 1;
          }
        }
      }),
      { numRuns: 500 },
    );
    expect(verified).toBeGreaterThan(100);
  });
});

function materialOf(key: KeyObject): string {
  return key.export({ format: 'der', type: 'spki' }).toString('hex');
}

describe('any claims', () => {
  const claims = nearly({
    groups: ['Engineering', 'Admins'],
    given_name: 'Alice',
    family_name: 'Practice',
    name: 'Alice Practice',
    hasgroups: true,
    _claim_names: { groups: 'src1' },
  }).map(sent);

  it('yield groups in one of five states, and a limited number of non-blank names', () => {
    const formats = fc.constantFrom('automatic', 'delimited', 'object-keys', 'distinguished-names');
    fc.assert(
      fc.property(claims, formats, (value, groupsFormat) => {
        const groups = readGroups(value, { groupsClaim: '', groupsFormat, groupsDelimiter: ';' });
        if (groups.state !== 'present') {
          expect(['absent', 'empty', 'overage', 'malformed']).toContain(groups.state);
          return;
        }
        expect(groups.names.length).toBeGreaterThan(0);
        expect(groups.names.length).toBeLessThanOrEqual(groupsClaimCountMax);
        expect(new Set(groups.names).size).toBe(groups.names.length);
        for (const name of groups.names) expect(name.trim()).not.toBe('');
      }),
      { numRuns: 3_000 },
    );
  });

  it('yield a first name that is never empty, and names that can be stored and shown', () => {
    fc.assert(
      fc.property(claims, (value) => {
        const { firstName, lastName } = readFullName(value, 'alice', connectionOptionDefaults);
        expect(firstName).not.toBe('');
        for (const name of [firstName, lastName]) {
          expect(name.length).toBeLessThanOrEqual(nameLengthMax);
          expect(name.isWellFormed()).toBe(true);
          expect(name).not.toMatch(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/u);
        }
      }),
      { numRuns: 3_000 },
    );
  });
});

it("H265: any text from a provider becomes one short line without this server's secrets", () => {
  const secret = fc.stringMatching(/^[\w &+%]{8,20}$/);
  fc.assert(
    fc.property(secret, anyText, anyText, (marked, before, after) => {
      const clean = upstreamText(`${before}${marked}${encodeURIComponent(marked)}${after}`, [marked]) ?? '';
      expect(clean).not.toContain(marked);
      expect(clean).not.toContain(encodeURIComponent(marked));
      expect(clean.length).toBeLessThanOrEqual(200);
      expect(clean).not.toMatch(/[\p{Cc}\u2028\u2029\u202e]/u);
    }),
    { numRuns: 2_000 },
  );
});

// A rejection with a documented error code passes. Any other thrown error is a finding.
function codeOrValue<Value>(read: () => Value): Value | undefined {
  try {
    return read();
  } catch (error) {
    if (isKnownError(error)) return undefined;
    throw error;
  }
}

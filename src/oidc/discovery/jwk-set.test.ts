import { generateKeyPairSync } from 'node:crypto';

import { describe, expect, it } from 'vitest';

import type { JsonObject } from '../bounded-json.ts';
import { candidateKeys, readJwkSet } from './jwk-set.ts';
import { keysPerJwkSetMax, keysPerTokenMax } from '../limits.ts';

const issuer = 'https://idp.example/tenant-7/v2.0';
const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({ format: 'jwk' });
const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ format: 'jwk' });
const ed = generateKeyPairSync('ed25519').publicKey.export({ format: 'jwk' });
const ed448 = generateKeyPairSync('ed448').publicKey.export({ format: 'jwk' });

const read = (...keys: unknown[]) => readJwkSet({ keys }, issuer);

function modulusOf(bits: number): string {
  const modulus = Buffer.alloc(Math.ceil(bits / 8), 0xff);
  modulus[0] = 0xff >> (modulus.length * 8 - bits);
  return modulus.toString('base64url');
}

describe('an entry of a JWK Set', () => {
  it.each<[unknown, string]>([
    [null, 'not_a_key'],
    ['key', 'not_a_key'],
    [[rsa], 'not_a_key'],
    [{}, 'unsupported_type'],
    [{ kty: 'AKP' }, 'unsupported_type'],
    [{ kty: 'oct', k: 'c2VjcmV0' }, 'symmetric'],
    [{ ...rsa, d: 'AAAA' }, 'private'],
    [{ ...rsa, use: 'enc' }, 'not_for_signatures'],
    [{ ...rsa, use: ['sig'] }, 'not_for_signatures'],
    [{ ...rsa, key_ops: ['sign'] }, 'not_for_signatures'],
    [{ ...rsa, key_ops: 'verify' }, 'not_for_signatures'],
    [{ ...rsa, issuer: 'https://other.example' }, 'other_issuer'],
    [{ ...rsa, issuer: 'https://idp.example/{tenantid}/v1.0' }, 'other_issuer'],
    [{ ...rsa, issuer: 'https://idp.example/{tenantid}' }, 'other_issuer'],
    [{ ...rsa, issuer: null }, 'other_issuer'],
    [{ ...rsa, n: modulusOf(1024) }, 'rsa_size'],
    [{ ...rsa, n: modulusOf(2047) }, 'rsa_size'],
    [{ ...rsa, n: modulusOf(8193) }, 'rsa_size'],
    [{ ...rsa, n: modulusOf(16_384) }, 'rsa_size'],
    [{ ...rsa, n: undefined }, 'rsa_size'],
    [{ ...rsa, e: 'AQ' }, 'rsa_exponent'],
    [{ ...rsa, e: '' }, 'rsa_exponent'],
    [{ ...rsa, e: 'AQAAAAAB' }, 'rsa_exponent'],
    [{ ...ec, x: 'AAAA' }, 'malformed'],
    [{ ...ec, crv: 'P-1' }, 'malformed'],
    [{ ...ed, x: '!!' }, 'malformed'],
  ])('H042: %j is skipped: %s', (entry, fault) => {
    expect(read(entry)).toEqual({ keys: [], skipped: [fault] });
  });

  it.each<JsonObject>([
    { ...rsa },
    { ...rsa, n: modulusOf(2048) },
    { ...rsa, n: modulusOf(8192) },
    { ...rsa, use: 'sig', alg: 'RS256', kid: 'k', x5c: ['!!'] },
    { ...rsa, issuer },
    { ...rsa, issuer: 'https://idp.example/{tenantid}/v2.0' },
    { ...ec, key_ops: ['verify'] },
    { ...ed },
  ])('%j is a usable key', (entry) => {
    expect(read(entry)?.keys).toHaveLength(1);
  });
});

describe('the candidate keys of a token', () => {
  it('have the type, curve and name of the algorithm', () => {
    const set = read(rsa, ec, ed, ed448, { ...rsa, alg: 'RS512' }, { ...ec, alg: 'ES384' }) ?? {
      keys: [],
      skipped: [],
    };
    expect(candidateKeys(set, 'RS256', undefined).map(({ kty }) => kty)).toEqual(['RSA']);
    expect(candidateKeys(set, 'RS512', undefined)).toHaveLength(2);
    expect(candidateKeys(set, 'ES256', undefined).map(({ crv }) => crv)).toEqual(['P-256']);
    expect(candidateKeys(set, 'ES384', undefined)).toEqual([]);
    expect(candidateKeys(set, 'EdDSA', undefined).map(({ crv }) => crv)).toEqual(['Ed25519']);
  });

  it('have exactly the kid of the token', () => {
    const set = read({ ...ed, kid: 'a' }, { ...ed, kid: 'A' }, ed, { ...ed, kid: 7 }) ?? { keys: [], skipped: [] };
    expect(candidateKeys(set, 'EdDSA', 'a')).toHaveLength(1);
    expect(candidateKeys(set, 'EdDSA', 'b')).toHaveLength(0);
    expect(candidateKeys(set, 'EdDSA', undefined)).toHaveLength(4);
  });

  it('H041: are limited in number, and the JWK Set is read only up to a limit', () => {
    const set = read(...Array.from({ length: 20_000 }, () => ed)) ?? { keys: [], skipped: [] };
    expect(set.keys).toHaveLength(keysPerJwkSetMax);
    expect(candidateKeys(set, 'EdDSA', undefined)).toHaveLength(keysPerTokenMax);
  });
});

it.each([{}, { keys: 'x' }, { keys: {} }, { keys: null }])('%j is not a JWK Set', (document) => {
  expect(readJwkSet(document, issuer)).toBeUndefined();
});

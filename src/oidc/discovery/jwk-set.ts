import { createPublicKey, type KeyObject } from 'node:crypto';

import { isJsonObject, member, stringMember, type JsonObject } from '../bounded-json.ts';
import { keysPerJwkSetMax, keysPerTokenMax, rsaBitsMax, rsaBitsMin, rsaExponentBytesMax } from '../limits.ts';
import { keyFits, type PublicKeyAlgorithm } from '../callback/signing-algorithm.ts';

/** A public key that may verify signatures. */
export interface VerificationKey {
  readonly kid: string | undefined;
  readonly kty: string;
  readonly crv: string | undefined;
  readonly alg: string | undefined;
  readonly object: KeyObject;
  /** Its public members, and its `kid` if it has one. */
  readonly jwk: PublicJwk;
}

/** The members of a JWK that verify a signature (RFC 7518, section 6). */
export interface PublicJwk {
  readonly kty: string;
  readonly [member: string]: string;
}

export interface JwkSet {
  readonly keys: readonly VerificationKey[];
  /** Why the other published keys are not used. */
  readonly skipped: readonly KeyFault[];
}

export type KeyFault =
  | 'not_a_key'
  | 'private'
  | 'symmetric'
  | 'unsupported_type'
  | 'not_for_signatures'
  | 'rsa_size'
  | 'rsa_exponent'
  | 'other_issuer'
  | 'malformed';

/**
 * Reads a JWK Set (RFC 7517, section 5). It skips unusable entries, because one bad key must not disable the others,
 * and reads at most `keysPerJwkSetMax` entries. `undefined` if `keys` is not an array.
 */
export function readJwkSet(document: JsonObject, issuer: string): JwkSet | undefined {
  const published = member(document, 'keys');
  if (!Array.isArray(published)) {
    return undefined;
  }
  const keys: VerificationKey[] = [];
  const skipped: KeyFault[] = [];
  for (const entry of published.slice(0, keysPerJwkSetMax)) {
    const key = readKey(entry, issuer);
    if (typeof key === 'string') {
      skipped.push(key);
    } else {
      keys.push(key);
    }
  }
  return { keys, skipped };
}

/**
 * The keys that may have signed a token: those of the algorithm's type, and with the token's `kid` if it has one
 * (OpenID Connect Core, section 10.1). There can be several if `kid`s repeat or are missing.
 *
 * If the JWK Set has exactly one key for the algorithm, and that key has no `kid`, it is a candidate for every `kid` of
 * a token (RFC 7517, section 4.5: `kid` is optional). The signature decides.
 */
export function candidateKeys(
  { keys }: JwkSet,
  algorithm: PublicKeyAlgorithm,
  kid: string | undefined,
): readonly VerificationKey[] {
  const fitting = keys.filter((key) => keyFits(algorithm, key));
  if (kid === undefined) return fitting.slice(0, keysPerTokenMax);
  const named = fitting.filter((key) => key.kid === kid);
  const [only] = fitting;
  if (named.length > 0 || fitting.length !== 1 || only?.kid !== undefined) return named.slice(0, keysPerTokenMax);
  return only === undefined ? [] : [nameKey(only, kid)];
}

// oauth4webapi selects the key by `kid` again, so the key gets the `kid` of the token.
function nameKey(key: VerificationKey, kid: string): VerificationKey {
  return { ...key, kid, jwk: { ...key.jwk, kid } };
}

function readKey(entry: unknown, issuer: string): VerificationKey | KeyFault {
  if (!isJsonObject(entry)) {
    return 'not_a_key';
  }
  const fault = useFault(entry, issuer) ?? rsaFault(entry);
  if (fault !== undefined) {
    return fault;
  }
  const jwk = publicMembers(entry);
  const kid = stringMember(entry, 'kid');
  try {
    return {
      kid,
      kty: jwk.kty,
      crv: jwk['crv'],
      alg: stringMember(entry, 'alg'),
      object: createPublicKey({ key: jwk, format: 'jwk' }),
      jwk: kid === undefined ? jwk : { ...jwk, kid },
    };
  } catch {
    return 'malformed';
  }
}

function useFault(entry: JsonObject, issuer: string): KeyFault | undefined {
  const kty = member(entry, 'kty');
  if (kty === 'oct') {
    return 'symmetric';
  }
  if (kty !== 'RSA' && kty !== 'EC' && kty !== 'OKP') {
    return 'unsupported_type';
  }
  // A published private key is no secret: everybody who reads the JWK Set can sign with it (RFC 7517, section 9.2).
  if (member(entry, 'd') !== undefined) {
    return 'private';
  }
  const use = member(entry, 'use');
  const operations = member(entry, 'key_ops');
  const isForSignatures =
    (use === undefined || use === 'sig') &&
    (operations === undefined || (Array.isArray(operations) && operations.includes('verify')));
  if (!isForSignatures) {
    return 'not_for_signatures';
  }
  return isOfIssuer(member(entry, 'issuer'), issuer) ? undefined : 'other_issuer';
}

// Some providers publish the keys of several issuers in one JWK Set, and mark each key with its issuer. In the mark,
// `{tenantid}` stands for any one tenant. A key of another issuer must not verify tokens of this one.
function isOfIssuer(marked: unknown, issuer: string): boolean {
  if (marked === undefined) {
    return true;
  }
  if (typeof marked !== 'string') {
    return false;
  }
  const [before, after] = marked.split('{tenantid}');
  if (before === undefined || after === undefined) {
    return marked === issuer;
  }
  const tenant = issuer.slice(before.length, issuer.length - after.length);
  return issuer === before + tenant + after && /^[\w.-]+$/.test(tenant);
}

function rsaFault(entry: JsonObject): KeyFault | undefined {
  if (member(entry, 'kty') !== 'RSA') {
    return undefined;
  }
  const modulus = Buffer.from(stringMember(entry, 'n') ?? '', 'base64url');
  const firstByte = modulus.findIndex((byte) => byte !== 0);
  const bits = firstByte < 0 ? 0 : (modulus.length - firstByte) * 8 - Math.clz32(modulus[firstByte] ?? 0) + 24;
  if (bits < rsaBitsMin || bits > rsaBitsMax) {
    return 'rsa_size';
  }
  const exponent = Buffer.from(stringMember(entry, 'e') ?? '', 'base64url');
  const isSound =
    exponent.length >= 1 && exponent.length <= rsaExponentBytesMax && exponent.readUIntBE(0, exponent.length) > 1;
  return isSound ? undefined : 'rsa_exponent';
}

// `alg`, `use` and certificates are left out: they are checked already, and a library need not check them again.
function publicMembers(entry: JsonObject): PublicJwk {
  const jwk: Record<string, string> & { kty: string } = { kty: stringMember(entry, 'kty') ?? '' };
  for (const name of ['crv', 'n', 'e', 'x', 'y']) {
    const value = stringMember(entry, name);
    if (value !== undefined) {
      jwk[name] = value;
    }
  }
  return jwk;
}

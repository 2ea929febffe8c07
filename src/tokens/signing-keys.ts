import { createPrivateKey, type KeyObject, type webcrypto } from 'node:crypto';

import { calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK, type CryptoKey } from 'jose';

import type { Clock } from '../kernel/clock.ts';
import type { Database } from '../storage/database.ts';
import type { Keyring } from '../storage/keyring.ts';
import { insertFirstSigningKey, listSigningKeys, type SigningKeyRow } from './queries.ts';

/** Ed25519 (RFC 8037): short signatures, quick to make, and no parameter that could be chosen badly. */
const algorithm = 'EdDSA';

/** A key that the server signs its tokens with. */
interface SigningKey {
  readonly kid: string;
  readonly privateKey: KeyObject;
}

/** The keys of the server's own tokens. */
export interface SigningKeys {
  /** The key for new tokens. */
  current(): SigningKey;
  /** The public key that a token's `kid` names, if it is one of ours. */
  publicKey(kid: string): CryptoKey | undefined;
  /** What `/.well-known/jwks.json` shows (RFC 7517, section 5). */
  jwks(): { keys: PublicJwk[] };
}

export interface PublicJwk {
  readonly kty: string;
  readonly crv: string;
  readonly x: string;
  readonly kid: string;
  readonly alg: string;
  readonly use: string;
}

interface SigningKeysDeps {
  readonly database: Database;
  readonly keyring: Keyring;
  readonly clock: Clock;
}

/** Opens the signing keys, making the first one on an empty database. Several nodes may start at once. */
export async function openSigningKeys(deps: SigningKeysDeps): Promise<SigningKeys> {
  if ((await listSigningKeys(deps.database.db)).length === 0) await makeFirstKey(deps);
  const rows = await listSigningKeys(deps.database.db);
  const publicKeys = new Map(await Promise.all(rows.map(async (row) => [row.id, await importPublic(row)] as const)));
  const newest = rows.findLast((row) => row.retired_at === null && row.active_from_at <= deps.clock.nowMs());
  if (newest === undefined) throw new Error('the database holds no active signing key');
  const current = { kid: newest.id, privateKey: importPrivate(newest, deps.keyring) };
  const jwks = { keys: rows.map(publicJwkOf) };
  return { current: () => current, publicKey: (kid) => publicKeys.get(kid), jwks: () => jwks };
}

async function makeFirstKey({ database, keyring, clock }: SigningKeysDeps): Promise<void> {
  const { publicKey, privateKey } = await generateKeyPair(algorithm, { crv: 'Ed25519', extractable: true });
  const publicJwk = await exportJWK(publicKey);
  const kid = await calculateJwkThumbprint(publicJwk);
  const row: SigningKeyRow = {
    id: kid,
    algorithm,
    public_jwk: JSON.stringify({ ...publicJwk, kid, alg: algorithm, use: 'sig' }),
    sealed_private_jwk: keyring.seal(JSON.stringify(await exportJWK(privateKey)), privateKeyPurpose(kid)),
    created_at: clock.nowMs(),
    active_from_at: clock.nowMs(),
    retired_at: null,
  };
  await database.transaction(async (tx) => insertFirstSigningKey(tx, row));
}

async function importPublic(row: SigningKeyRow): Promise<CryptoKey> {
  const key = await importJWK({ ...publicJwkOf(row) }, algorithm);
  if (key instanceof Uint8Array) throw new Error('a signing key must be asymmetric');
  return key;
}

// The rows are written above, in this form.
function publicJwkOf(row: SigningKeyRow): PublicJwk {
  const jwk: PublicJwk = JSON.parse(row.public_jwk);
  return jwk;
}

function importPrivate(row: SigningKeyRow, keyring: Keyring): KeyObject {
  const jwk: webcrypto.JsonWebKey = JSON.parse(keyring.open(row.sealed_private_jwk, privateKeyPurpose(row.id)));
  return createPrivateKey({ key: jwk, format: 'jwk' });
}

function privateKeyPurpose(kid: string): string {
  return `signing-key:${kid}`;
}

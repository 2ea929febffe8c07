import { createPrivateKey, type KeyObject, type webcrypto } from 'node:crypto';

import { type CryptoKey, importJWK } from 'jose';

import type { IdTokenAlgorithm } from '../contract/applications.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Database } from '../storage/database.ts';
import { keysReadSeconds } from '../storage/keys/limits.ts';
import type { Keyring } from '../storage/keys/keyring.ts';
import { makeSigningKey, signingAlgorithm, signingKeyPurpose } from './make-signing-key.ts';
import { unknownKeyReadSeconds } from './signing-key-limits.ts';
import { insertFirstSigningKey, listSigningKeys, type SigningKeyRow } from './signing-key-queries.ts';

/** A key that the server signs tokens with. */
export interface SigningKey {
  readonly kid: string;
  readonly algorithm: IdTokenAlgorithm;
  readonly privateKey: KeyObject;
}

/**
 * The keys of the server's tokens. A job reads them every {@link keysReadSeconds}, and so does a later request that
 * verifies a token, so that a node follows the others.
 */
export interface SigningKeys {
  /** The key for the server's own new tokens: the newest that is active. */
  current(): SigningKey;
  /**
   * The key for new tokens of each of these algorithms. The first call for an algorithm creates its first key, so that a
   * server without applications has none of theirs.
   */
  currentOf(algorithms: readonly IdTokenAlgorithm[]): Promise<SigningKey[]>;
  /**
   * The public key of a token's `kid`, if it is ours. An unknown one is looked up in the database.
   *
   * @throws `storage_unavailable` if an unknown one cannot be looked up. Known keys need no database.
   */
  publicKey(kid: string): Promise<CryptoKey | undefined>;
  /**
   * The content of `/.well-known/jwks.json` (RFC 7517, section 5): next and current keys, and keys of valid tokens.
   * While the database fails, the last state is published.
   */
  jwks(): Promise<{ keys: PublicJwk[] }>;
  /** Reads the keys again. If that fails, the known keys stay. */
  refresh(): Promise<void>;
}

/** A public key (RFC 7518, section 6; RFC 8037, section 2). */
export interface PublicJwk {
  readonly kty: string;
  readonly crv?: string;
  readonly x?: string;
  readonly y?: string;
  readonly n?: string;
  readonly e?: string;
  readonly kid: string;
  readonly alg: string;
  readonly use: string;
}

export interface SigningKeysDeps {
  readonly database: Database;
  readonly keyring: Keyring;
  readonly clock: Clock;
}

interface KnownKey {
  readonly row: SigningKeyRow;
  readonly publicKey: CryptoKey;
  /** Deleted once the key is retired. */
  readonly privateKey: KeyObject | undefined;
}

/** Opens the signing keys and creates the first one on an empty database. Several nodes may start at once. */
export async function openSigningKeys(deps: SigningKeysDeps): Promise<SigningKeys> {
  if ((await listSigningKeys(deps.database.db)).length === 0) await makeFirstKey(deps, signingAlgorithm);
  const { clock } = deps;
  let known: readonly KnownKey[] = [];
  let readAtMs = -Infinity;
  let reading: Promise<void> | undefined;

  let hasFailed = false;

  async function read(): Promise<void> {
    const nowMs = clock.nowMs();
    try {
      known = await readKeys(deps, known);
      readAtMs = nowMs;
      hasFailed = false;
    } catch (thrown) {
      hasFailed = true;
      throw thrown;
    }
  }
  // Callers that come while the table is being read share that read.
  async function readOnceOlderThan(seconds: number): Promise<void> {
    if (Math.abs(clock.nowMs() - readAtMs) < seconds * 1000) return;
    reading ??= read().finally(() => (reading = undefined));
    await reading;
  }
  // A database failure does not make a known key unknown: it stays in use until the table can be read again. After one
  // failure, requests do not wait for the next attempt, because a hanging database takes seconds to fail.
  async function followOtherNodes(): Promise<void> {
    const attempt = readOnceOlderThan(keysReadSeconds).catch(() => undefined);
    if (!hasFailed) await attempt;
  }
  const find = (kid: string) => known.find(({ row }) => row.id === kid)?.publicKey;
  const current = (algorithm: IdTokenAlgorithm) => currentOf(known, algorithm, clock.nowMs());
  async function createMissing(algorithms: readonly IdTokenAlgorithm[]): Promise<void> {
    const missing = algorithms.filter((algorithm) => !known.some(({ row }) => row.algorithm === algorithm));
    if (missing.length === 0) return;
    for (const algorithm of missing) await makeFirstKey(deps, algorithm);
    await read();
  }
  await readOnceOlderThan(0);
  current(signingAlgorithm);

  return {
    current: () => current(signingAlgorithm),
    currentOf: async (algorithms) => {
      await followOtherNodes();
      await createMissing(algorithms);
      return algorithms.map(current);
    },
    publicKey: async (kid) => {
      await followOtherNodes();
      const found = find(kid);
      if (found !== undefined) return found;
      await readOnceOlderThan(unknownKeyReadSeconds);
      return find(kid);
    },
    jwks: async () => {
      await followOtherNodes();
      return { keys: known.map(({ row }) => publicJwkOf(row)) };
    },
    refresh: async () => readOnceOlderThan(0),
  };
}

// The oldest key is used if this clock is behind the clock of the node that created it.
function currentOf(known: readonly KnownKey[], algorithm: IdTokenAlgorithm, nowMs: number): SigningKey {
  const usable = known.filter(({ row, privateKey }) => row.algorithm === algorithm && privateKey !== undefined);
  const chosen = usable.findLast(({ row }) => row.active_from_at <= nowMs) ?? usable[0];
  if (chosen?.privateKey === undefined) throw new Error('the database holds no signing key that can be used');
  return { kid: chosen.row.id, algorithm, privateKey: chosen.privateKey };
}

async function makeFirstKey({ database, keyring, clock }: SigningKeysDeps, algorithm: IdTokenAlgorithm): Promise<void> {
  const nowMs = clock.nowMs();
  const row = await makeSigningKey(keyring, { algorithm, nowMs, activeFromAt: nowMs });
  await database.transaction(async (tx) => insertFirstSigningKey(tx, row));
}

// Known keys are not imported again; only a retired key loses its private key.
async function readKeys({ database, keyring }: SigningKeysDeps, known: readonly KnownKey[]): Promise<KnownKey[]> {
  const rows = await listSigningKeys(database.db);
  return Promise.all(
    rows.map(async (row) => {
      const before = known.find((key) => key.row.id === row.id);
      const isRetired = row.sealed_private_jwk === '';
      return {
        row,
        publicKey: before?.publicKey ?? (await importPublic(row)),
        privateKey: isRetired ? undefined : (before?.privateKey ?? importPrivate(row, keyring)),
      };
    }),
  );
}

// makeSigningKey writes the rows in this format.
function publicJwkOf(row: SigningKeyRow): PublicJwk {
  const jwk: PublicJwk = JSON.parse(row.public_jwk);
  return jwk;
}

async function importPublic(row: SigningKeyRow): Promise<CryptoKey> {
  const key = await importJWK({ ...publicJwkOf(row) }, row.algorithm);
  if (key instanceof Uint8Array) throw new Error('a signing key must be asymmetric');
  return key;
}

function importPrivate(row: SigningKeyRow, keyring: Keyring): KeyObject {
  const jwk: webcrypto.JsonWebKey = JSON.parse(keyring.open(row.sealed_private_jwk, signingKeyPurpose(row.id)));
  return createPrivateKey({ key: jwk, format: 'jwk' });
}

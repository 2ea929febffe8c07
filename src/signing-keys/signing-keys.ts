import { createPrivateKey, type KeyObject, type webcrypto } from 'node:crypto';

import { type CryptoKey, importJWK } from 'jose';

import type { Clock } from '../kernel/clock.ts';
import type { Database } from '../storage/database.ts';
import { keysReadSeconds } from '../storage/keys/limits.ts';
import type { Keyring } from '../storage/keys/keyring.ts';
import { makeSigningKey, signingAlgorithm, signingKeyPurpose } from './make-signing-key.ts';
import { unknownKeyReadSeconds } from './signing-key-limits.ts';
import { insertFirstSigningKey, listSigningKeys, type SigningKeyRow } from './signing-key-queries.ts';

/** A key that the server signs its tokens with. */
interface SigningKey {
  readonly kid: string;
  readonly privateKey: KeyObject;
}

/**
 * The keys of the server's own tokens. A job reads them again every {@link keysReadSeconds}, and so does a request that
 * verifies a token later than that, so that a node follows what other nodes do.
 */
export interface SigningKeys {
  /** The key for new tokens: the newest whose time has come. */
  current(): SigningKey;
  /**
   * The public key that a token's `kid` names, if it is one of ours. An unknown one is looked up in the database.
   *
   * @throws `storage_unavailable` when an unknown one cannot be looked up. Known keys need no database.
   */
  publicKey(kid: string): Promise<CryptoKey | undefined>;
  /**
   * What `/.well-known/jwks.json` shows (RFC 7517, section 5): keys to come, in use, and of tokens that still live.
   * While the database fails, it shows what was last read.
   */
  jwks(): Promise<{ keys: PublicJwk[] }>;
  /** Reads the keys again. When that fails, the known keys stay. */
  refresh(): Promise<void>;
}

export interface PublicJwk {
  readonly kty: string;
  readonly crv: string;
  readonly x: string;
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
  /** Gone once the key is retired. */
  readonly privateKey: KeyObject | undefined;
}

/** Opens the signing keys, making the first one on an empty database. Several nodes may start at once. */
export async function openSigningKeys(deps: SigningKeysDeps): Promise<SigningKeys> {
  if ((await listSigningKeys(deps.database.db)).length === 0) await makeFirstKey(deps);
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
  // A database that fails does not make a known key unknown: it stays in use until the table can be read again. After
  // one failure nobody waits for the next try either, because a database that hangs takes seconds to fail.
  async function followOtherNodes(): Promise<void> {
    const attempt = readOnceOlderThan(keysReadSeconds).catch(() => undefined);
    if (!hasFailed) await attempt;
  }
  const find = (kid: string) => known.find(({ row }) => row.id === kid)?.publicKey;
  await readOnceOlderThan(0);
  currentOf(known, clock.nowMs());

  return {
    current: () => currentOf(known, clock.nowMs()),
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

// The oldest stands in for the moment when this clock is behind that of the node that made it.
function currentOf(known: readonly KnownKey[], nowMs: number): SigningKey {
  const usable = known.filter(({ privateKey }) => privateKey !== undefined);
  const chosen = usable.findLast(({ row }) => row.active_from_at <= nowMs) ?? usable[0];
  if (chosen?.privateKey === undefined) throw new Error('the database holds no signing key that can be used');
  return { kid: chosen.row.id, privateKey: chosen.privateKey };
}

async function makeFirstKey({ database, keyring, clock }: SigningKeysDeps): Promise<void> {
  const nowMs = clock.nowMs();
  const row = await makeSigningKey(keyring, { nowMs, activeFromAt: nowMs });
  await database.transaction(async (tx) => insertFirstSigningKey(tx, row));
}

// What is known already is not imported again; only a retired key loses its private half.
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

// The rows are written by makeSigningKey, in this form.
function publicJwkOf(row: SigningKeyRow): PublicJwk {
  const jwk: PublicJwk = JSON.parse(row.public_jwk);
  return jwk;
}

async function importPublic(row: SigningKeyRow): Promise<CryptoKey> {
  const key = await importJWK({ ...publicJwkOf(row) }, signingAlgorithm);
  if (key instanceof Uint8Array) throw new Error('a signing key must be asymmetric');
  return key;
}

function importPrivate(row: SigningKeyRow, keyring: Keyring): KeyObject {
  const jwk: webcrypto.JsonWebKey = JSON.parse(keyring.open(row.sealed_private_jwk, signingKeyPurpose(row.id)));
  return createPrivateKey({ key: jwk, format: 'jwk' });
}

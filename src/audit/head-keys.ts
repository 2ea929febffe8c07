import { createHmac, createSecretKey, timingSafeEqual } from 'node:crypto';

import type { Random } from '../kernel/random.ts';
import type { Database } from '../storage/database.ts';
import type { Keyring } from '../storage/keyring.ts';
import { findSealedHeadKey, insertSealedHeadKey } from './queries.ts';

/** Seals the heads of trails: HMAC-SHA256 (RFC 2104) under a key that the database holds only sealed. */
export interface HeadKeys {
  authenticate(text: string): string;
  isAuthentic(seal: string, text: string): boolean;
}

const keyBytes = 32;

/** What the key is sealed for. */
export const headKeyPurpose = 'audit-head-key';

/**
 * Opens the key that seals heads, making it on a new database. It is one key for good: keys that seal it change, and a
 * head keeps its seal all the same. A new one in its place fits no head that was sealed before.
 */
export async function openHeadKeys({
  database,
  keyring,
  random,
}: {
  readonly database: Database;
  readonly keyring: Pick<Keyring, 'seal' | 'open'>;
  readonly random: Random;
}): Promise<HeadKeys> {
  const found = await findSealedHeadKey(database.db);
  const sealed =
    found ??
    (await database.transaction(async (tx) => {
      // Of nodes that start at once, one makes it.
      await insertSealedHeadKey(tx, keyring.seal(random.bytes(keyBytes).toString('base64'), headKeyPurpose));
      return findSealedHeadKey(tx);
    }));
  return createHeadKeys(Buffer.from(keyring.open(sealed ?? '', headKeyPurpose), 'base64'));
}

/** Seals with a given key. */
export function createHeadKeys(key: Buffer): HeadKeys {
  const secret = createSecretKey(key);
  const code = (text: string) => createHmac('sha256', secret).update(text, 'utf8').digest();
  return {
    authenticate: (text) => code(text).toString('base64url'),
    isAuthentic: (seal, text) => {
      const given = Buffer.from(seal, 'base64url');
      return given.length === keyBytes && timingSafeEqual(given, code(text));
    },
  };
}

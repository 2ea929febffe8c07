import { createHmac, createSecretKey, timingSafeEqual } from 'node:crypto';

import type { Logger } from '../kernel/logger.ts';
import type { Random } from '../kernel/random.ts';
import type { Database } from '../storage/database.ts';
import type { Keyring } from '../storage/keys/keyring.ts';
import { emptyHead, sealHead } from './chain.ts';
import { findSealedHeadKey, hasHeads, insertHead, insertSealedHeadKey } from './queries.ts';
import { serverTrail } from './trail-name.ts';

/** Seals the heads of trails: HMAC-SHA256 (RFC 2104) with a key that is only in the database in sealed form. */
export interface HeadKeys {
  authenticate(text: string): string;
  isAuthentic(seal: string, text: string): boolean;
}

const keyBytes = 32;

/** The purpose that the key is sealed for. */
export const headKeyPurpose = 'audit-head-key';

interface OpenKeysDeps {
  readonly database: Database;
  readonly keyring: Pick<Keyring, 'seal' | 'open'>;
  readonly random: Random;
  readonly logger: Logger;
}

/**
 * Opens the key that seals heads. A new database gets the key together with the head of the server's own trail. There
 * is
 * one key for the life of a database: the data keys that seal it are rotated, and heads keep their seals.
 *
 * If the key was removed, the new key fits no existing head, so the verification reports every trail.
 */
export async function openHeadKeys({ database, keyring, random, logger }: OpenKeysDeps): Promise<HeadKeys> {
  const open = (sealed: string) => createHeadKeys(Buffer.from(keyring.open(sealed, headKeyPurpose), 'base64'));
  const found = await findSealedHeadKey(database.db);
  if (found !== undefined) return open(found);
  return database.transaction(async (tx) => {
    const isNew = !(await hasHeads(tx));
    // If several nodes start at once, only one of them creates the key.
    await insertSealedHeadKey(tx, keyring.seal(random.bytes(keyBytes).toString('base64'), headKeyPurpose));
    const keys = open((await findSealedHeadKey(tx)) ?? '');
    if (isNew) await insertHead(tx, sealHead(keys, emptyHead(serverTrail)));
    else logger.error({}, 'the key that seals audit trails was removed from the database: no seal can be verified');
    return keys;
  });
}

/** The same for reading. If the database has no key, no head is authentic. */
export async function findHeadKeys({ database, keyring, random }: Omit<OpenKeysDeps, 'logger'>): Promise<HeadKeys> {
  const found = await findSealedHeadKey(database.db);
  if (found === undefined) return createHeadKeys(random.bytes(keyBytes));
  return createHeadKeys(Buffer.from(keyring.open(found, headKeyPurpose), 'base64'));
}

/** Seals heads with a given key. */
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

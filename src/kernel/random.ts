import { randomBytes, randomFillSync, randomUUID } from 'node:crypto';

/** Unpredictable values. A dependency everywhere, so that tests can repeat themselves. */
export interface Random {
  bytes(length: number): Buffer;
  /** A random UUID, version 4 (RFC 9562, section 5.4). */
  uuid(): string;
  /** `byteCount` random bytes, base64url without padding: safe in URLs, cookies and headers. */
  token(byteCount: number): string;
}

const supplyBytes = 4096;

/**
 * The operating system's generator. Tokens come from a supply that is filled at once, as Node does for UUIDs: a call
 * for each costs ten times as much as the bytes. What was handed out is wiped from the supply.
 */
export const systemRandom: Random = {
  bytes: (length) => randomBytes(length),
  uuid: () => randomUUID(),
  token: createTokens(),
};

function createTokens(): Random['token'] {
  const supply = Buffer.alloc(supplyBytes);
  let used = supplyBytes;
  return (byteCount) => {
    if (byteCount > supplyBytes) return randomBytes(byteCount).toString('base64url');
    if (used + byteCount > supplyBytes) {
      randomFillSync(supply);
      used = 0;
    }
    const token = supply.toString('base64url', used, used + byteCount);
    supply.fill(0, used, used + byteCount);
    used += byteCount;
    return token;
  };
}

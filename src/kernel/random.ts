import { randomBytes, randomFillSync, randomUUID, randomUUIDv7 } from 'node:crypto';

/** Unpredictable values. They are a dependency everywhere, so that tests can repeat themselves. */
export interface Random {
  bytes(length: number): Buffer;
  /** A random UUID, version 4 (RFC 9562, section 5.4). */
  uuid(): string;
  /**
   * A UUID that starts with the time in milliseconds and has 74 random bits, version 7 (RFC 9562, section 5.7). For
   * keys of rows that every
   * sign-in adds, so that new keys are next to each other in an index.
   */
  uuidOfNow(): string;
  /** `byteCount` random bytes, base64url without padding: safe in URLs, cookies and headers. */
  token(byteCount: number): string;
}

const supplyBytes = 4096;

/**
 * The operating system's generator. Small values come from a buffer that is filled at once, as Node does for UUIDs: a
 * call for each value
 * costs ten times as much as the bytes. Used bytes are erased from the buffer.
 */
export const systemRandom: Random = createSystemRandom();

function createSystemRandom(): Random {
  const supply = Buffer.alloc(supplyBytes);
  let used = supplyBytes;
  const take = <Taken>(byteCount: number, read: (bytes: Buffer) => Taken): Taken => {
    if (byteCount > supplyBytes) return read(randomBytes(byteCount));
    if (used + byteCount > supplyBytes) {
      randomFillSync(supply);
      used = 0;
    }
    const bytes = supply.subarray(used, used + byteCount);
    used += byteCount;
    const taken = read(bytes);
    bytes.fill(0);
    return taken;
  };
  return {
    bytes: (length) => take(length, copy),
    uuid: () => randomUUID(),
    uuidOfNow: () => randomUUIDv7(),
    token: (byteCount) => take(byteCount, (bytes) => bytes.toString('base64url')),
  };
}

// In memory of its own, not in Node's pool for small buffers, because it may become a key.
function copy(bytes: Buffer): Buffer {
  const own = Buffer.alloc(bytes.length);
  own.set(bytes);
  return own;
}

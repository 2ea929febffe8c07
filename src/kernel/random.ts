import { randomBytes, randomFillSync, randomUUID, randomUUIDv7 } from 'node:crypto';

/** Unpredictable values. A dependency everywhere, so that tests can repeat themselves. */
export interface Random {
  bytes(length: number): Buffer;
  /** A random UUID, version 4 (RFC 9562, section 5.4). */
  uuid(): string;
  /**
   * A UUID that begins with the time in milliseconds, and of which 74 bits are random, version 7 (RFC 9562, section 5.7).
   * For keys of what comes with every sign-in: new ones lie beside each other in an index, not anywhere in it.
   */
  uuidOfNow(): string;
  /** `byteCount` random bytes, base64url without padding: safe in URLs, cookies and headers. */
  token(byteCount: number): string;
}

const supplyBytes = 4096;

/**
 * The operating system's generator. What is small comes from a supply that is filled at once, as Node does for UUIDs: a
 * call for each costs ten times as much as the bytes. What was handed out is wiped from the supply.
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

// Into memory of its own, not into the pool that Node cuts small buffers from: it may become a key.
function copy(bytes: Buffer): Buffer {
  const own = Buffer.alloc(bytes.length);
  own.set(bytes);
  return own;
}

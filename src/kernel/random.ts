import { randomBytes, randomUUID } from 'node:crypto';

/** Unpredictable values. A dependency everywhere, so that tests can repeat themselves. */
export interface Random {
  bytes(length: number): Buffer;
  /** A random UUID, version 4 (RFC 9562, section 5.4). */
  uuid(): string;
  /** `byteCount` random bytes, base64url without padding: safe in URLs, cookies and headers. */
  token(byteCount: number): string;
}

/** The operating system's generator. */
export const systemRandom: Random = {
  bytes: (length) => randomBytes(length),
  uuid: () => randomUUID(),
  token: (byteCount) => randomBytes(byteCount).toString('base64url'),
};

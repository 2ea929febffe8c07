const uuidPattern = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * Whether a string can be one of our ids: a UUID in canonical form (RFC 9562, section 4). Other strings need no lookup,
 * and some cannot be looked up: PostgreSQL rejects a string with NUL.
 */
export function isIdentifier(text: string): boolean {
  return uuidPattern.test(text);
}

const uuidPattern = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/**
 * Whether a text that a caller sent can be an identifier of ours: a UUID in its one spelling (RFC 9562, section 4).
 * Nothing else needs looking up, and some of it cannot be: PostgreSQL refuses a text that holds a NUL.
 */
export function isIdentifier(text: string): boolean {
  return uuidPattern.test(text);
}

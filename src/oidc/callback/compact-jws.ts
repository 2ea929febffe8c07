import { parseJsonObject, type JsonObject } from '../bounded-json.ts';

/** The parts of a compact JWS (RFC 7515, section 7.1), not yet verified. */
export interface CompactJws {
  readonly header: JsonObject;
  readonly signingInput: Buffer;
  readonly signature: Buffer;
}

/**
 * Takes a compact JWS apart. Three parts of base64url without padding, none of them empty: an unsigned token, an
 * encrypted one (five parts) and the JSON serialization do not pass. `undefined` when it is none.
 */
export function parseCompactJws(text: string): CompactJws | undefined {
  const [, header, payload, signature] = threeParts.exec(text) ?? [];
  if (header === undefined || payload === undefined || signature === undefined) {
    return undefined;
  }
  const parsed = parseJsonObject(Buffer.from(header, 'base64url'));
  if (!parsed.ok || !parseJsonObject(Buffer.from(payload, 'base64url')).ok) {
    return undefined;
  }
  return {
    header: parsed.value,
    signingInput: Buffer.from(`${header}.${payload}`, 'latin1'),
    signature: Buffer.from(signature, 'base64url'),
  };
}

/**
 * Says what a text is that {@link parseCompactJws} rejects, for the record of an attempt. Nothing of the text is repeated.
 */
export function describeToken(text: string): string {
  const parts = text.split('.').length;
  const isOfTokenParts = /^[\w.-]*$/.test(text);
  if (isOfTokenParts && parts === 5) return 'five parts: an encrypted token';
  if (isOfTokenParts && parts === 3 && text.endsWith('.')) return 'no signature: an unsigned token';
  if (isOfTokenParts && parts === 3) return 'three parts, one of which is empty or no JSON';
  if (isOfTokenParts && parts === 2) return 'two parts: the signature is missing';
  return text === '' ? 'an empty text' : `a text of ${text.length} characters that is no token`;
}

/** The header of a compact JWS; empty when there is none. */
export function jwsHeader(text: string): JsonObject {
  const parsed = parseJsonObject(Buffer.from(text.slice(0, text.indexOf('.')), 'base64url'));
  return parsed.ok ? parsed.value : {};
}

const threeParts = /^([\w-]+)\.([\w-]+)\.([\w-]+)$/;

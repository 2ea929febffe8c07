import type { Fact } from '../../contract/attempt-facts.ts';
import { parseJsonObject, type JsonObject } from '../bounded-json.ts';

/** The parts of a compact JWS (RFC 7515, section 7.1), not yet verified. */
export interface CompactJws {
  /** The whole text, for an implementation that parses it again. */
  readonly text: string;
  readonly header: JsonObject;
  readonly claims: JsonObject;
  readonly signingInput: Buffer;
  readonly signature: Buffer;
}

/**
 * Parses a compact JWS whose payload is a JSON object: three non-empty parts of base64url without padding. `undefined` for
 * everything else, such as an unsigned token, an encrypted one (five parts) or the JSON serialization.
 */
export function parseCompactJws(text: string): CompactJws | undefined {
  const [, header, payload, signature] = threeParts.exec(text) ?? [];
  if (header === undefined || payload === undefined || signature === undefined) {
    return undefined;
  }
  const parsedHeader = parseJsonObject(Buffer.from(header, 'base64url'));
  const parsedPayload = parseJsonObject(Buffer.from(payload, 'base64url'));
  if (!parsedHeader.ok || !parsedPayload.ok) {
    return undefined;
  }
  return {
    text,
    header: parsedHeader.value,
    claims: parsedPayload.value,
    signingInput: Buffer.from(`${header}.${payload}`, 'latin1'),
    signature: Buffer.from(signature, 'base64url'),
  };
}

/** Describes a text that {@link parseCompactJws} rejects, for the record of an attempt, without repeating any of it. */
export function describeToken(text: string): Fact {
  const parts = text.split('.').length;
  const isOfTokenParts = /^[\w.-]*$/.test(text);
  if (isOfTokenParts && parts === 5) return { code: 'token_encrypted' };
  if (isOfTokenParts && parts === 3) return { code: text.endsWith('.') ? 'token_unsigned' : 'token_malformed' };
  if (isOfTokenParts && parts === 2) return { code: 'token_without_signature' };
  return { code: 'string', length: text.length };
}

const threeParts = /^([\w-]+)\.([\w-]+)\.([\w-]+)$/;

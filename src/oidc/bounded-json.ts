import { isUtf8 } from 'node:buffer';

import { jsonDepthMax } from './limits.ts';

/** An untrusted JSON object. Read its members with {@link member}. */
export type JsonObject = Readonly<Record<string, unknown>>;

export type JsonAnswer = { ok: true; value: JsonObject } | { ok: false; reason: JsonFault };
export type JsonFault = 'not_utf8' | 'too_deep' | 'not_json' | 'not_an_object';

/**
 * Parses a body as one JSON object. The caller has limited its size.
 *
 * It rejects bytes that are not UTF-8 (RFC 8259, section 8.1), a byte order mark (the same section permits that),
 * nesting beyond `jsonDepthMax`, and a top level that is not an object. The result is plain data: `JSON.parse` makes
 * even a `__proto__` member an ordinary own property.
 */
export function parseJsonObject(body: Buffer): JsonAnswer {
  if (!isUtf8(body)) {
    return { ok: false, reason: 'not_utf8' };
  }
  const text = body.toString('utf8');
  if (isTooDeep(text)) {
    return { ok: false, reason: 'too_deep' };
  }
  try {
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) ? { ok: true, value } : { ok: false, reason: 'not_an_object' };
  } catch {
    return { ok: false, reason: 'not_json' };
  }
}

/** Whether a parsed JSON value is an object, not an array or `null`. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** An own property of the object. Properties of `Object.prototype` do not count. */
export function member(object: JsonObject, name: string): unknown {
  return Object.hasOwn(object, name) ? object[name] : undefined;
}

/** A member that is a string. Any other type counts as absent. */
export function stringMember(object: JsonObject, name: string): string | undefined {
  const value = member(object, name);
  return typeof value === 'string' ? value : undefined;
}

const quote = 0x22;
const backslash = 0x5c;

// Counts brackets outside strings. If the text is not JSON, the count means nothing and JSON.parse fails afterwards.
function isTooDeep(text: string): boolean {
  let depth = 0;
  let inString = false;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (inString) {
      if (code === backslash) {
        index += 1;
      } else if (code === quote) {
        inString = false;
      }
    } else if (code === quote) {
      inString = true;
    } else if (code === 0x5b || code === 0x7b) {
      depth += 1;
      if (depth > jsonDepthMax) {
        return true;
      }
    } else if (code === 0x5d || code === 0x7d) {
      depth -= 1;
    }
  }
  return false;
}

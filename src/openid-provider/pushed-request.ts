import { decodeJwt } from 'jose';

import { sha256Hex } from '../kernel/digest.ts';
import type { Db } from '../storage/database.ts';
import { findToken } from './token-queries.ts';

/** What a `request_uri` of a pushed authorization request begins with (RFC 9126, section 2.2). */
const prefix = 'urn:ietf:params:oauth:request_uri:';

/**
 * The parameters of an authorization request, those of a pushed one included. The library takes them from there too; they
 * are needed before, to decide which session the request may use. An unknown or expired `request_uri` adds nothing, and
 * the library rejects it.
 */
export async function withPushedParams(db: Db, params: URLSearchParams, nowMs: number): Promise<URLSearchParams> {
  const requestUri = params.get('request_uri') ?? '';
  if (!requestUri.startsWith(prefix)) return params;
  const tokenHash = sha256Hex(requestUri.slice(prefix.length));
  const stored = await findToken(db, { tokenHash, model: 'PushedAuthorizationRequest' });
  if (stored === undefined || stored.expiresAtMs <= nowMs || stored.consumedAtMs !== null) return params;
  const { request }: { request?: unknown } = JSON.parse(stored.payload);
  const pushed = typeof request === 'string' ? decodeJwt(request) : {};
  const merged = new URLSearchParams(params);
  for (const [name, value] of Object.entries(pushed)) {
    if (typeof value === 'string' && !merged.has(name)) merged.append(name, value);
    if (typeof value === 'number' && name === 'max_age') merged.set(name, String(value));
  }
  return merged;
}

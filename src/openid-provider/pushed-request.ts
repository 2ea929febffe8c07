import { decodeJwt } from 'jose';

import { sha256Hex } from '../kernel/digest.ts';
import type { Db } from '../storage/database.ts';
import { findToken } from './token-queries.ts';

/** What a `request_uri` of a pushed authorization request begins with (RFC 9126, section 2.2). */
const prefix = 'urn:ietf:params:oauth:request_uri:';

/** The only parameters that count beside a pushed request (RFC 9126, section 4). */
const besidePushed: readonly string[] = ['client_id', 'request_uri'];

/**
 * The parameters of a request that may count. Beside a pushed request, the browser can add what it likes; an organization
 * or an age that was added there would override what the application pushed.
 */
export function countingParams(params: URLSearchParams): URLSearchParams {
  if (!params.getAll('request_uri').some((uri) => uri.startsWith(prefix))) return params;
  return new URLSearchParams([...params].filter(([name]) => besidePushed.includes(name)));
}

/**
 * The parameters of an authorization request, those of a pushed one included. The library takes them from there too; they
 * are needed before, to decide which session the request may use. An unknown, used or expired `request_uri` adds nothing,
 * and the library rejects it.
 */
export async function withPushedParams(db: Db, given: URLSearchParams, nowMs: number): Promise<URLSearchParams> {
  const params = countingParams(given);
  const requestUri = params.get('request_uri') ?? '';
  if (!requestUri.startsWith(prefix)) return params;
  const tokenHash = sha256Hex(requestUri.slice(prefix.length));
  const stored = await findToken(db, { tokenHash, model: 'PushedAuthorizationRequest' });
  if (stored === undefined || stored.expiresAtMs <= nowMs || stored.consumedAtMs !== null) return params;
  const { request }: { request?: unknown } = JSON.parse(stored.payload);
  const pushed = typeof request === 'string' ? decodeJwt(request) : {};
  const values = Object.entries(pushed).flatMap(([name, value]): [string, string][] =>
    besidePushed.includes(name) || (typeof value !== 'string' && typeof value !== 'number')
      ? []
      : [[name, String(value)]],
  );
  return new URLSearchParams([...params, ...values]);
}

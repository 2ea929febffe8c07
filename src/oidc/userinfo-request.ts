import { appError } from '../contract/errors.ts';
import { parseJsonObject } from './bounded-json.ts';
import type { ConnectionSettings } from './connection.ts';
import { isJsonType, isTemporary, mediaType } from './fetch-document.ts';
import type { GuardedFetch } from './guarded-fetch.ts';
import type { LibraryRequest } from './library-client.ts';
import { callMsMax, userinfoBytesMax } from './limits.ts';
import { receivedResponse } from './received-response.ts';

/**
 * Sends the library's request to the userinfo endpoint and reads the answer (OpenID Connect Core, section 5.3): JSON, or
 * a signed JWT, which the library verifies with the key and the algorithm of the ID token.
 *
 * @throws `idp_unreachable`, `idp_response_invalid`, and what the guarded fetch throws
 */
export async function sendUserinfoRequest(
  fetch: GuardedFetch,
  { bulkhead, algorithm }: ConnectionSettings,
  { url, headers }: LibraryRequest,
): Promise<Response> {
  const limits = { bytesMax: userinfoBytesMax, totalMs: callMsMax };
  const answer = await fetch({ url, headers, bulkhead, limits, step: 'userinfo' });
  if (answer.status !== 200) {
    const code = isTemporary(answer.status) ? 'idp_unreachable' : 'idp_response_invalid';
    throw appError(code, { meta: { step: 'userinfo', reason: 'status', status: answer.status } });
  }
  // The library does not verify MACs (see id-token-signature.ts), so with HS256 a JWT would come in unverified.
  if (mediaType(answer) === 'application/jwt' && algorithm !== 'HS256') {
    return receivedResponse('application/jwt', answer.body.toString('latin1'));
  }
  const parsed = isJsonType(answer) ? parseJsonObject(answer.body) : ({ ok: false, reason: 'content_type' } as const);
  if (!parsed.ok) {
    throw appError('idp_response_invalid', { meta: { step: 'userinfo', reason: parsed.reason } });
  }
  return receivedResponse('application/json', parsed.value);
}

import { appError } from '../../contract/errors.ts';
import { parseJsonObject, type JsonObject } from '../bounded-json.ts';
import type { GuardedFetch } from '../../outbound/guarded-fetch.ts';
import { callMsMax, headersMsMax } from '../limits.ts';
import type { OutboundResponse } from '../../outbound/outbound-request.ts';
import type { Fetched } from './cached-value.ts';

interface DocumentRequest {
  readonly url: string;
  readonly step: 'discovery' | 'keys';
  readonly bytesMax: number;
  readonly bulkhead: string;
}

/**
 * Fetches a public JSON document of a provider: its metadata or its JWK Set.
 *
 * @throws what `fetch` throws; `idp_unreachable` for a status that means "try again later";
 *   `idp_response_invalid` for any other status than 200 and for a body that is not JSON.
 */
export async function fetchDocument(fetch: GuardedFetch, request: DocumentRequest): Promise<Fetched<JsonObject>> {
  const { url, step, bytesMax, bulkhead } = request;
  const accept = 'application/json, application/jwk-set+json';
  const limits = { bytesMax, totalMs: callMsMax, headersMs: headersMsMax };
  const answer = await fetch({ url, step, bulkhead, headers: { accept }, limits });
  const meta = { step, host: new URL(url).host };
  if (answer.status !== 200) {
    const code = isTemporary(answer.status) ? 'idp_unreachable' : 'idp_response_invalid';
    throw appError(code, { meta: { ...meta, reason: 'status', status: answer.status } });
  }
  if (!isJsonType(answer)) {
    throw appError('idp_response_invalid', { meta: { ...meta, reason: 'content_type' } });
  }
  const parsed = parseJsonObject(answer.body);
  if (!parsed.ok) {
    throw appError('idp_response_invalid', { meta: { ...meta, reason: parsed.reason } });
  }
  return { value: parsed.value, maxAgeMs: maxAge(answer) };
}

/** Whether a status means that the server cannot respond now (RFC 9110, section 15.6; RFC 6585, section 4). */
export function isTemporary(status: number): boolean {
  return status >= 500 || status === 429;
}

/** The media type of a response, in lower case and without parameters; `""` if it has none. */
export function mediaType(answer: OutboundResponse): string {
  const [type = ''] = (answer.headers.get('content-type') ?? '').split(';', 1);
  return type.trim().toLowerCase();
}

/** Whether the media type of a response is JSON (RFC 8259, section 11; RFC 6839, section 3.1). */
export function isJsonType(answer: OutboundResponse): boolean {
  return /^(?:application|text)\/(?:[\w.-]+\+)?json$/.test(mediaType(answer));
}

function maxAge(answer: OutboundResponse): number | undefined {
  const [, seconds] = /(?:^|[\s,])max-age=(\d{1,9})(?:$|[\s,])/i.exec(answer.headers.get('cache-control') ?? '') ?? [];
  return seconds === undefined ? undefined : Number(seconds) * 1000;
}

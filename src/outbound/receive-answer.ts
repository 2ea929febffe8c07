import type { Dispatcher } from 'undici';

import { interimResponsesMax } from './limits.ts';
import { errorReason, type OutboundFacts, OutboundFailure, type OutboundFailureKind } from './outbound-failure.ts';
import type { OutboundResponse, OutboundRequest } from './outbound-request.ts';

/**
 * Sends one request and reads its response, counting bytes as they arrive; destroys the connection at the first
 * exceeded limit. The deadline covers everything to the last byte, so a slow server gains nothing.
 */
export function receive(dispatcher: Dispatcher, url: URL, request: OutboundRequest): Promise<OutboundResponse> {
  return new Promise((resolve, reject) => {
    const collected = collectAnswer(url, request, (outcome) => {
      if (outcome.ok) {
        resolve(outcome.answer);
      } else {
        reject(outcome.error);
      }
    });
    dispatcher.dispatch(
      {
        origin: url.origin,
        path: url.pathname + url.search,
        method: request.method ?? 'GET',
        headers: { ...request.headers, 'accept-encoding': 'identity', 'user-agent': 'sallyport' },
        body: request.body ?? null,
        headersTimeout: request.limits.headersMs ?? request.limits.totalMs,
        // The deadline below covers the body.
        bodyTimeout: 0,
      },
      collected,
    );
  });
}

type Outcome = { ok: true; answer: OutboundResponse } | { ok: false; error: OutboundFailure };

function collectAnswer(
  url: URL,
  request: OutboundRequest,
  done: (outcome: Outcome) => void,
): Dispatcher.DispatchHandler {
  const meta = { step: request.step, host: url.host };
  const chunks: Buffer[] = [];
  let controller: Dispatcher.DispatchController | undefined;
  let status = 0;
  let headers: ReadonlyMap<string, string> = new Map();
  let bytes = 0;
  let interim = 0;
  let isDone = false;

  function finish(outcome: Outcome): void {
    if (!isDone) {
      isDone = true;
      clearTimeout(deadline);
      done(outcome);
    }
  }
  function refuse(kind: OutboundFailureKind, found: OutboundFacts = {}): void {
    const error = new OutboundFailure(kind, { ...meta, ...found });
    finish({ ok: false, error });
    controller?.abort(error);
  }
  const deadline = setTimeout(() => refuse('timeout', { reason: 'deadline' }), request.limits.totalMs);

  return {
    onRequestStart: (started) => {
      controller = started;
      // The deadline may have passed while the request waited for its connection.
      if (isDone) {
        started.abort(new Error('the deadline has passed'));
      }
    },
    onResponseStart: (_controller, statusCode, received) => {
      if (statusCode < 200) {
        interim += 1;
        return interim > interimResponsesMax ? refuse('interim_responses') : undefined;
      }
      status = statusCode;
      headers = headerMap(received);
      const fault = headFault({ status, headers, url, bytesMax: request.limits.bytesMax });
      return fault === undefined ? undefined : refuse(fault.kind, fault.found);
    },
    onResponseData: (_controller, chunk) => {
      bytes += chunk.length;
      if (bytes > request.limits.bytesMax) {
        refuse('too_large', { bytesMax: request.limits.bytesMax });
      } else {
        chunks.push(chunk);
      }
    },
    onResponseEnd: () => {
      const [first] = chunks;
      const body = chunks.length === 1 && first !== undefined ? first : Buffer.concat(chunks);
      finish({ ok: true, answer: { status, headers, body } });
    },
    onResponseError: (_controller, error) =>
      finish({ ok: false, error: transportError(error, { hasHead: status > 0, meta }) }),
  };
}

interface Head {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly url: URL;
  readonly bytesMax: number;
}

interface HeadFault {
  readonly kind: OutboundFailureKind;
  readonly found?: OutboundFacts;
}

// What can be rejected before the body is read.
function headFault({ status, headers, url, bytesMax }: Head): HeadFault | undefined {
  if (status >= 300 && status < 400) {
    // RFC 9700, section 4.12: a redirect would send the request, and its secret, to an unchecked server.
    return { kind: 'redirect', found: { status, redirectHost: redirectHost(headers.get('location'), url) } };
  }
  const encoding = headers.get('content-encoding');
  if (encoding !== undefined && encoding.trim().toLowerCase() !== 'identity') {
    return { kind: 'encoded' };
  }
  const announced = Number(headers.get('content-length') ?? 0);
  return announced > bytesMax ? { kind: 'too_large', found: { bytesMax, bytesAnnounced: announced } } : undefined;
}

function redirectHost(location: string | undefined, url: URL): string | undefined {
  return location !== undefined && URL.canParse(location, url) ? new URL(location, url).host : undefined;
}

function headerMap(headers: Readonly<Record<string, string | string[] | undefined>>): ReadonlyMap<string, string> {
  const map = new Map<string, string>();
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) {
      map.set(name, typeof value === 'string' ? value : value.join(', '));
    }
  }
  return map;
}

interface Failing {
  /** Whether a response had begun: the host speaks HTTP. */
  readonly hasHead: boolean;
  readonly meta: { readonly step: string; readonly host: string };
}

function transportError(error: Error, { hasHead, meta }: Failing): OutboundFailure {
  if (error instanceof OutboundFailure) {
    return new OutboundFailure(error.kind, { cause: error, ...error.facts, ...meta });
  }
  const reason = errorReason(error);
  return new OutboundFailure(kindOfReason(reason, hasHead), { cause: error, ...meta, reason });
}

// Errors that only a TLS server can cause: the codes of OpenSSL's certificate verification (`X509_V_ERR_*` without the
// prefix; UNSPECIFIED for those without a name, such as a key that is too small), and a TLS version that is too old.
const certificateReason =
  /^(?:CERT_|ERR_TLS_CERT_|SELF_SIGNED_|DEPTH_ZERO_|UNABLE_TO_|INVALID_CA|INVALID_PURPOSE|PATH_LENGTH_|HOSTNAME_MISMATCH|UNSPECIFIED$|ERR_SSL_(?:TLSV1_ALERT_PROTOCOL_VERSION|UNSUPPORTED_PROTOCOL)$)/;
// A response arrived, but it exceeds a limit.
const answerReasons = new Set([
  'UND_ERR_HEADERS_OVERFLOW',
  'UND_ERR_RES_CONTENT_LENGTH_MISMATCH',
  'UND_ERR_RES_EXCEEDED_MAX_SIZE',
  'UND_ERR_RESPONSE',
]);

const timeoutReasons = new Set(['UND_ERR_CONNECT_TIMEOUT', 'UND_ERR_HEADERS_TIMEOUT', 'ETIMEDOUT']);

function kindOfReason(reason: string, hasHead: boolean): OutboundFailureKind {
  if (certificateReason.test(reason)) return 'tls_failed';
  if (answerReasons.has(reason) || (reason === 'HTTPParserError' && hasHead)) return 'bad_response';
  return timeoutReasons.has(reason) ? 'timeout' : 'connect_failed';
}

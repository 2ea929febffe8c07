import { STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';

import type { BareErrorCode } from '../contract/errors.ts';
import { appError } from '../contract/errors.ts';
import type { Random } from '../kernel/random.ts';
import { toErrorAnswer } from './error-renderer.ts';

/** How long a client may take to read a response that closes its connection. */
const lingerMs = 1000;

/**
 * Answers an invalid HTTP request, which reaches no route, with the usual error body. Node has closed the request, and
 * the connection ends with the response. Sockets in `refused` already got their last response.
 */
export function createClientFaultHandler(random: Random, refused: WeakSet<Socket>) {
  return function answerClientFault(fault: Error & { code?: string }, socket: Socket): void {
    if (refused.has(socket)) return;
    if (fault.code === 'ECONNRESET' || socket.destroyed || !socket.writable) {
      socket.destroy();
      return;
    }
    const answer = toErrorAnswer(appError(codeOf(fault.code)), newRequestId(random));
    const body = JSON.stringify(answer);
    const head = [
      `HTTP/1.1 ${answer.statusCode} ${STATUS_CODES[answer.statusCode] ?? ''}`,
      'Content-Type: application/json; charset=utf-8',
      `Content-Length: ${Buffer.byteLength(body)}`,
      'Cache-Control: no-store',
      'X-Content-Type-Options: nosniff',
      'Connection: close',
    ];
    socket.setTimeout(lingerMs, () => socket.destroy());
    socket.end(`${head.join('\r\n')}\r\n\r\n${body}`);
  };
}

export function newRequestId(random: Random): string {
  return `req-${random.token(12)}`;
}

function codeOf(code: string | undefined): BareErrorCode {
  switch (code) {
    case 'ERR_HTTP_REQUEST_TIMEOUT':
      return 'request_timeout';
    case 'HPE_HEADER_OVERFLOW':
      return 'headers_too_large';
    default:
      return 'bad_request';
  }
}

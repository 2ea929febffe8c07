import type { FastifyReply, FastifyRequest } from 'fastify';

import type { Issue } from '../contract/error-meta.ts';
import { appError, errorTable, isKnownError, type KnownError, meaningOf } from '../contract/errors.ts';
import type { Logger } from '../kernel/logger.ts';
import { retryAfterSeconds } from './retry-after.ts';
import { boundIssues } from './validation.ts';
import { errorText } from '../texts/text-of.ts';

/** The response to a failed API request. */
export interface ErrorAnswer {
  readonly reqId: string;
  readonly statusCode: number;
  readonly error: string;
  readonly message: string;
  readonly code: string;
  readonly details?: readonly Issue[];
}

/** Converts any thrown value into an error of the table. */
export function toKnownError(thrown: unknown): KnownError {
  if (isKnownError(thrown)) return thrown;
  const frameworkCode = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined;
  switch (frameworkCode) {
    case 'FST_ERR_CTP_INVALID_JSON_BODY':
    case 'FST_ERR_CTP_EMPTY_JSON_BODY':
      return appError('malformed_json', { cause: thrown });
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return appError('body_too_large', { cause: thrown });
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return appError('unsupported_media_type', { cause: thrown });
    case 'FST_ERR_MAX_PARAM_LENGTH':
      return appError('path_too_long', { cause: thrown });
    case 'FST_ERR_CTP_INVALID_CONTENT_LENGTH':
    case 'FST_ERR_BAD_URL':
    case 'FST_ERR_ASYNC_CONSTRAINT':
      return appError('bad_request', { cause: thrown });
    default:
      return thrown instanceof SyntaxError
        ? appError('malformed_json', { cause: thrown })
        : appError('internal_error', { cause: thrown });
  }
}

/**
 * The public part of an error: fixed text, except that a validation error names the fields and an outbound refusal the
 * setting.
 */
export function toErrorAnswer(error: KnownError, reqId: string): ErrorAnswer {
  const meaning = errorTable[error.code];
  const message = errorText(error.code);
  const issues = boundIssues(issuesOf(error));
  const first = issues[0];
  const firstText = first && [first.path, first.message].filter(Boolean).join(' ');
  return {
    reqId,
    statusCode: meaning.status,
    error: meaning.error,
    message: firstText === undefined ? message : `${message.replace(/\.$/, '')}: ${firstText}.`,
    code: error.code,
    ...(issues.length > 0 ? { details: issues } : {}),
  };
}

function issuesOf({ meta }: KnownError): readonly Issue[] {
  return 'issues' in meta ? meta.issues : [];
}

/** Answers a failed API request with JSON, and logs the cause of an unexpected error. */
export function createErrorRenderer(logger: Logger) {
  return function renderError(thrown: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
    const error = toKnownError(thrown);
    const answer = toErrorAnswer(error, request.id);
    logFailure(logger, error, answer);
    setRetryAfter(reply, error);
    return reply
      .code(answer.statusCode)
      .header('cache-control', 'no-store')
      .type('application/json; charset=utf-8')
      .send(answer);
  };
}

const failedDependency = 424;

/** Sets `Retry-After` if the time is known (RFC 9110, section 10.2.3). */
export function setRetryAfter(reply: FastifyReply, { code, meta }: KnownError): void {
  const waitSeconds = retryAfterSeconds(errorTable[code].status, { ...meaningOf(code), ...meta });
  if (waitSeconds !== undefined) reply.header('retry-after', waitSeconds);
}

/** Logs a failed request: a fault of the server as an error, a fault of a dependency as a warning. */
export function logFailure(
  logger: Logger,
  error: KnownError,
  { reqId, statusCode }: { reqId: string; statusCode: number },
): void {
  const fields = { reqId, code: error.code, meta: error.meta, err: error.cause };
  if (statusCode >= 500) logger.error(fields, 'request failed');
  else if (statusCode === failedDependency) logger.warn(fields, 'request failed');
  else logger.debug(fields, 'request refused');
}

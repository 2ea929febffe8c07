import { appError, isKnownError, type KnownError } from '../contract/errors.ts';
import type { StepFacts } from './attempt-trace.ts';
import { isJsonObject, member, stringMember, type JsonObject } from './bounded-json.ts';

/**
 * Turns what openid-client rejected with into an error of the house.
 *
 * An error that our own transport threw comes back unchanged; the library had wrapped it. Of the library's own errors
 * only the code and the name of the claim are kept, and what `describe` says of that claim: their causes hold the whole
 * token and its claims.
 */
export function fromLibraryError(
  thrown: unknown,
  describe: (claim: string, claims: JsonObject) => StepFacts,
): KnownError {
  const chain = causes(thrown);
  const known = chain.find(isKnownError);
  if (known !== undefined) {
    return known;
  }
  const code = stringOf(thrown, 'code') ?? 'unknown';
  const details = chain.find((cause) => isJsonObject(cause) && 'claims' in cause);
  const claims = isJsonObject(details) ? member(details, 'claims') : undefined;
  const claim = isJsonObject(details) ? stringMember(details, 'claim') : undefined;
  const facts = isJsonObject(claims) ? describe(claim ?? '', claims) : {};
  const meta = { step: 'id_token', check: claim ?? 'library', library: code, ...facts };
  if (code === 'OAUTH_JWT_TIMESTAMP_CHECK_FAILED') {
    return appError('id_token_not_current', { meta });
  }
  if (isJsonObject(claims) && typeof member(claims, 'sub') !== 'string') {
    return appError('subject_invalid', { meta: { ...meta, check: 'sub' } });
  }
  return appError('id_token_invalid', { meta });
}

/** What was thrown, its cause, the cause of that, and so on. */
export function causes(thrown: unknown): readonly unknown[] {
  const chain: unknown[] = [];
  let current = thrown;
  while (current !== undefined && current !== null && chain.length < 8) {
    chain.push(current);
    current = current instanceof Error ? current.cause : undefined;
  }
  return chain;
}

/** The library's name for what went wrong; `undefined` when it has none. */
export function libraryCode(thrown: unknown): string | undefined {
  return stringOf(thrown, 'code');
}

function stringOf(thrown: unknown, name: 'code'): string | undefined {
  return thrown instanceof Error && name in thrown && typeof thrown[name] === 'string' ? thrown[name] : undefined;
}

import { AppError } from '../../kernel/app-error.ts';
import { appError, isKnownError, type KnownError } from '../../contract/errors.ts';
import { isJsonObject, member, stringMember, type JsonObject } from '../bounded-json.ts';

/** What our own checks say about claims that the library rejected. */
export type JudgeClaims = (claims: JsonObject) => KnownError | undefined;

/**
 * Turns what openid-client rejected with into an error of the house.
 *
 * An error that our own transport threw comes back unchanged; the library had wrapped it. If the library rejects claims,
 * our own checks name the one that is wrong. Where they find nothing, only the library's code and the name of the claim
 * are kept, because its causes hold the whole token.
 */
export function fromLibraryError(thrown: unknown, judge: JudgeClaims): KnownError {
  const chain = causes(thrown);
  const known = chain.find(isKnownError);
  if (known !== undefined) {
    return known;
  }
  const code = stringOf(thrown, 'code') ?? 'unknown';
  const details = chain.find((cause) => isJsonObject(cause) && 'claims' in cause);
  const claims = isJsonObject(details) ? member(details, 'claims') : undefined;
  const claim = isJsonObject(details) ? stringMember(details, 'claim') : undefined;
  const fault = isJsonObject(claims) ? judge(claims) : undefined;
  if (fault !== undefined) {
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- an error of the same code, with one fact more
    return new AppError(fault.code, { meta: { ...fault.meta, library: code } }) as KnownError;
  }
  const meta = { step: 'id_token', check: claim ?? 'library', library: code };
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

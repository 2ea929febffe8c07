import { shown } from '../identity/claim-facts.ts';
import type { SignatureAlgorithm } from '../../contract/algorithms.ts';
import { appError } from '../../contract/errors.ts';
import { type AttemptTrace, silentTrace } from '../attempt-trace.ts';
import { member, stringMember, type JsonObject } from '../bounded-json.ts';
import { keyIdLengthMax } from '../limits.ts';
import { algorithmNames } from './signing-algorithm.ts';

/** The names of the header checks, in their order. */
export const headerCheckNames = ['alg', 'typ', 'crit', 'kid'] as const;

/**
 * Checks the JOSE header of an ID token and returns its `kid`. It ignores keys and key addresses in the header (`jwk`,
 * `jku`, `x5u`, `x5c`): keys come only from the provider's JWK Set (RFC 8725, section 3.10).
 *
 * @throws `id_token_algorithm_mismatch`, `id_token_invalid`
 */
export function checkIdTokenHeader(
  header: JsonObject,
  algorithm: SignatureAlgorithm,
  trace: AttemptTrace = silentTrace,
): string | undefined {
  const alg = stringMember(header, 'alg');
  // OpenID Connect Core, section 3.1.3.7, item 7. The algorithms in the provider metadata never add to this one.
  if (alg === undefined || !algorithmNames(algorithm).includes(alg)) {
    throw appError('id_token_algorithm_mismatch', {
      meta: {
        step: 'id_token',
        check: 'alg',
        expected: { code: 'algorithm', algorithm },
        found: shown(alg, (text) => ({ code: 'algorithm', algorithm: text })),
      },
    });
  }
  trace.passed('alg', { expected: { code: 'algorithm', algorithm }, found: { code: 'algorithm', algorithm: alg } });
  // RFC 8725, section 3.12: an access token (`at+jwt`) or a logout token is not an ID token, even with a valid signature.
  const typ = member(header, 'typ');
  if (typ !== undefined && (typeof typ !== 'string' || !/^(?:application\/)?jwt$/i.test(typ))) {
    const found = shown(typ, (text) => ({ code: 'typ', typ: text }));
    throw appError('id_token_invalid', { meta: { step: 'id_token', check: 'typ', found } });
  }
  trace.passed('typ', { expected: { code: 'jwt_or_none' }, found: { code: typ === undefined ? 'none' : 'jwt' } });
  // RFC 7515, section 4.1.11: no extension is supported. `b64` (RFC 7797) and `zip` need one.
  if (['crit', 'b64', 'zip', 'enc'].some((name) => member(header, name) !== undefined)) {
    throw appError('id_token_invalid', { meta: { step: 'id_token', check: 'crit' } });
  }
  trace.passed('crit', { expected: { code: 'no_extension' }, found: { code: 'none' } });
  const kid = member(header, 'kid');
  if (kid !== undefined && (typeof kid !== 'string' || kid.length > keyIdLengthMax)) {
    throw appError('id_token_invalid', { meta: { step: 'id_token', check: 'kid' } });
  }
  trace.passed('kid', { found: shown(kid, (text) => ({ code: 'kid', kid: text.slice(0, keyIdShownMax) })) });
  return kid;
}

/** How many characters of a `kid` the record shows: enough to find it in a JWK Set. */
const keyIdShownMax = 64;

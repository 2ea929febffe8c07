import { fitsError, type ProviderError } from './explain-error.ts';
import type { Profile } from './profile.ts';

/** What the answer to a code that cannot exist says of the client secret. */
export type ProbeVerdict =
  | { readonly secret: 'accepted' | 'refused'; readonly certainty: 'proof' | 'hint' }
  | { readonly secret: 'unknown' };

/** Judges the error with which a token endpoint answered to a code that cannot exist. */
export function judgeProbe({ probe }: Profile, found: ProviderError): ProbeVerdict {
  const fits = (patterns: typeof probe.goodSecret) => patterns.some((pattern) => fitsError(pattern, found));
  // Whoever says that the secret is wrong has looked at it.
  if (fits(probe.badSecret)) {
    return { secret: 'refused', certainty: 'proof' };
  }
  return fits(probe.goodSecret) ? { secret: 'accepted', certainty: probe.certainty } : { secret: 'unknown' };
}

import { fitsError, type ProviderError } from './explain-error.ts';
import type { Profile } from './profile.ts';

/** What the response to an invalid code says about the client secret. */
export type ProbeVerdict =
  | { readonly secret: 'accepted' | 'refused'; readonly certainty: 'proof' | 'hint' }
  | { readonly secret: 'unknown' };

/** Judges the error of a token endpoint in response to an invalid code. */
export function judgeProbe({ probe }: Profile, found: ProviderError): ProbeVerdict {
  const fits = (patterns: typeof probe.goodSecret) => patterns.some((pattern) => fitsError(pattern, found));
  // A provider that says that the secret is wrong has checked it.
  if (fits(probe.badSecret)) {
    return { secret: 'refused', certainty: 'proof' };
  }
  return fits(probe.goodSecret) ? { secret: 'accepted', certainty: probe.certainty } : { secret: 'unknown' };
}

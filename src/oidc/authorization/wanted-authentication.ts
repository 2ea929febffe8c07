import type { ConnectionOptions } from '../../contract/connection-options.ts';

/** What an application asks of the authentication (OpenID Connect Core 1.0, section 3.1.2.1). */
export interface WantedAuthentication {
  /** `prompt=login`: the user authenticates again. */
  readonly signsInAgain: boolean;
  readonly maxAgeSeconds: number | undefined;
  readonly acrValues: readonly string[];
}

/** What is requested of the authentication at the provider; a negative `maxAgeSeconds` requests none. */
type Requested = Pick<ConnectionOptions, 'prompt' | 'maxAgeSeconds' | 'acrValues'>;

/**
 * Adds what an application wants to what the connection requests. The stricter age counts, and of the `acr` values those
 * that the connection accepts too. Only the connection's own options are checked in the ID token. Whether the provider did
 * what the application wants is decided from the session, so that the application gets the error of the standard.
 */
export function withWanted(own: Requested, wanted: WantedAuthentication | undefined): Requested {
  if (wanted === undefined) return own;
  // `max_age=0` makes the provider say in `auth_time` that it authenticated the user again.
  const age = wanted.signsInAgain ? 0 : (wanted.maxAgeSeconds ?? -1);
  const ages = [own.maxAgeSeconds, age].filter((seconds) => seconds >= 0);
  const accepted = wanted.acrValues.filter((value) => own.acrValues.length === 0 || own.acrValues.includes(value));
  return {
    prompt: wanted.signsInAgain ? 'login' : own.prompt,
    maxAgeSeconds: ages.length === 0 ? -1 : Math.min(...ages),
    acrValues: accepted.length === 0 ? own.acrValues : accepted,
  };
}

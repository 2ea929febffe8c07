import type { ConnectionSettings } from '../oidc/connection.ts';

/** What an application asks of the authentication (OpenID Connect Core 1.0, section 3.1.2.1). */
export interface AuthenticationWanted {
  /** `prompt=login`: the user authenticates again. */
  readonly signsInAgain: boolean;
  readonly maxAgeSeconds: number | undefined;
  readonly acrValues: readonly string[];
}

/**
 * A connection that also asks its identity provider for what an application wants. The connection's own checks stay as
 * they are. Whether the provider did what the application wants is decided from the session, so that the application gets
 * the error of the standard.
 */
export function askingFor(
  connection: ConnectionSettings,
  wanted: AuthenticationWanted | undefined,
): ConnectionSettings {
  if (wanted === undefined) return connection;
  const { options } = connection;
  const ownMaxAge = options?.maxAgeSeconds ?? -1;
  // `max_age=0` makes the provider say in `auth_time` that it did.
  const limits = [ownMaxAge, wanted.signsInAgain ? 0 : (wanted.maxAgeSeconds ?? -1)].filter((seconds) => seconds >= 0);
  const ownAcr = options?.acrValues ?? [];
  const shared = ownAcr.length === 0 ? wanted.acrValues : wanted.acrValues.filter((value) => ownAcr.includes(value));
  return {
    ...connection,
    options: {
      ...options,
      ...(wanted.signsInAgain ? { prompt: 'login' } : {}),
      ...(limits.length === 0 ? {} : { maxAgeSeconds: Math.min(...limits) }),
      ...(shared.length === 0 ? {} : { acrValues: [...shared] }),
    },
  };
}

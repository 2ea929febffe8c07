import { sessionLifetimeSecondsMax, sessionLifetimeSecondsMin } from './limits.ts';

const unitSeconds: Readonly<Record<string, number>> = { m: 60, h: 3600, d: 86_400, w: 604_800 };

// The session lifetime of an organization: `<n>m`, `<n>h`, `<n>d` or `<n>w`, in seconds.
function sessionLifetimeSeconds(expiration: string): number | undefined {
  const match = /^([1-9]\d{0,4})([mhdw])$/.exec(expiration);
  return match === null ? undefined : Number(match[1]) * (unitSeconds[match[2] ?? ''] ?? 0);
}

/** Whether an organization may use this session lifetime. */
export function isLifetimeAllowed(expiration: string): boolean {
  const seconds = sessionLifetimeSeconds(expiration) ?? 0;
  return seconds >= sessionLifetimeSecondsMin && seconds <= sessionLifetimeSecondsMax;
}

/** The value for a stored text that today's rules would reject. */
const fallbackSeconds = 30 * 86_400;

/** The latest end of a session: the organization's current lifetime, counted from the sign-in. */
export function latestEndMs(expiration: string, authenticatedAtMs: number): number {
  return authenticatedAtMs + (sessionLifetimeSeconds(expiration) ?? fallbackSeconds) * 1000;
}

import { sessionLifetimeSecondsMax, sessionLifetimeSecondsMin } from '../contract/limits.ts';

const unitSeconds: Readonly<Record<string, number>> = { m: 60, h: 3600, d: 86_400, w: 604_800 };

// How long a session of an organization lasts: `<n>m`, `<n>h`, `<n>d` or `<n>w`, in seconds.
function sessionLifetimeSeconds(expiration: string): number | undefined {
  const match = /^([1-9]\d{0,4})([mhdw])$/.exec(expiration);
  return match === null ? undefined : Number(match[1]) * (unitSeconds[match[2] ?? ''] ?? 0);
}

/** Whether an organization may let its sessions last so long. */
export function isLifetimeAllowed(expiration: string): boolean {
  const seconds = sessionLifetimeSeconds(expiration) ?? 0;
  return seconds >= sessionLifetimeSecondsMin && seconds <= sessionLifetimeSecondsMax;
}

/** What a stored text means that no rule of today would have let in. */
const fallbackSeconds = 30 * 86_400;

/**
 * When a session of an organization is over at the latest: its lifetime is counted from the sign-in that it goes back
 * to, as the organization decides now, not as it did then.
 */
export function latestEndMs(expiration: string, authenticatedAtMs: number): number {
  return authenticatedAtMs + (sessionLifetimeSeconds(expiration) ?? fallbackSeconds) * 1000;
}

const unitSeconds: Readonly<Record<string, number>> = { m: 60, h: 3600, d: 86_400, w: 604_800 };

/** How long a session of an organization lasts: `<n>m`, `<n>h`, `<n>d` or `<n>w`, in seconds. */
export function sessionLifetimeSeconds(expiration: string): number | undefined {
  const match = /^([1-9]\d{0,4})([mhdw])$/.exec(expiration);
  return match === null ? undefined : Number(match[1]) * (unitSeconds[match[2] ?? ''] ?? 0);
}

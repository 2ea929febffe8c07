import type { BareErrorCode } from '../contract/errors.ts';

/** What an enforcement would stand on; `undefined` when there is no configuration. */
export type EnforcementGround = { readonly is_active: 0 | 1; readonly last_sign_in_at: number | null } | undefined;

/** Why single sign-on cannot be enforced now, the first reason first; none when it can. */
export function enforcementObstacles(ground: EnforcementGround): BareErrorCode[] {
  if (ground === undefined || ground.is_active === 0) return ['enforcement_needs_config'];
  return ground.last_sign_in_at === null ? ['enforcement_needs_sign_in'] : [];
}

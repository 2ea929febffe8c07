import type { BareErrorCode } from '../contract/errors.ts';

/** The connection that an enforcement depends on; `undefined` without one. */
export type EnforcementGround = { readonly is_active: 0 | 1; readonly last_sign_in_at: number | null } | undefined;

/** Why single sign-on cannot be enforced now, most important reason first; empty if it can. */
export function enforcementObstacles(ground: EnforcementGround): BareErrorCode[] {
  if (ground === undefined || ground.is_active === 0) return ['enforcement_needs_config'];
  return ground.last_sign_in_at === null ? ['enforcement_needs_sign_in'] : [];
}

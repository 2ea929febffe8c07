import type { AuthMethod } from '../contract/actor.ts';

/**
 * Whether a session has the rights of an instance admin. Only a password gives them: an identity provider and a
 * break-glass code act for one organization, so with those an instance admin is an ordinary member.
 */
export function isInstanceAdminSession(
  { is_instance_admin: isInstanceAdmin }: { readonly is_instance_admin: 0 | 1 },
  { auth_method: authMethod }: { readonly auth_method: AuthMethod },
): boolean {
  return isInstanceAdmin === 1 && authMethod === 'password';
}

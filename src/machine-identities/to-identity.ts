import type { MachineIdentity } from '../contract/identities.ts';
import type { IdentityRow } from './queries.ts';

/** A machine identity as the API shows it. */
export function toIdentity(row: IdentityRow): MachineIdentity {
  return {
    id: row.id,
    name: row.name,
    orgId: row.organization_id,
    role: row.role,
    authMethods: row.universal_auth_id === null ? [] : ['universal-auth'],
    createdAt: new Date(row.created_at).toISOString(),
    updatedAt: new Date(row.updated_at).toISOString(),
  };
}

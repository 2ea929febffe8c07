import type { Actor } from '../contract/actor.ts';
import type { Assumptions } from '../contract/assumptions.ts';
import { appError } from '../contract/errors.ts';
import type { RelyingParty } from '../oidc/relying-party.ts';
import { requireAccess } from '../access/read-access.ts';
import type { Database } from '../storage/database.ts';
import type { Keyring } from '../storage/keys/keyring.ts';
import { findOidcConfig } from './queries.ts';
import { toConnection } from './settings-row.ts';

export interface AssumptionsDeps {
  readonly database: Database;
  readonly keyring: Keyring;
  readonly relyingParty: Pick<RelyingParty, 'readAssumptions'>;
}

/**
 * Reads the assumptions about the stored provider. The discovery document comes from the relying party's cache, or is
 * fetched under the usual limits. A provider that does not respond is not an error.
 */
export async function readAssumptions(
  { database, keyring, relyingParty }: AssumptionsDeps,
  { actor, organizationId }: { actor: Actor; organizationId: string },
): Promise<Assumptions> {
  const organization = await requireAccess(database, actor, { organizationId, subject: 'sso', action: 'read' });
  const row = await findOidcConfig(database.db, organization.id);
  if (row === undefined) throw appError('oidc_config_not_found');
  const { recognised, effective, issuer, basis } = await relyingParty.readAssumptions(toConnection(row, keyring));
  const { profile, by } = recognised;
  return {
    profile: {
      id: profile.id,
      displayName: profile.displayName,
      recognisedBy: by ?? null,
      issuerForm: profile.issuerForm,
      refusedBecause: profile.refused ?? null,
    },
    issuer,
    basis,
    options: effective.explained.map(({ why, ...option }) => ({ ...option, why: why ?? null })),
    heldBack: effective.heldBack.map(({ applied: { option, value, why }, because }) => ({
      option,
      value,
      why,
      because,
    })),
    advice: profile.advised.map(({ option, value, why }) => ({ option, value, why })),
    screens: Object.entries(profile.screens).map(([topic, place]) => ({ topic, place })),
  };
}

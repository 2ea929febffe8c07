import { appError } from '../contract/errors.ts';
import { asId, type OrganizationId } from '../contract/ids.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Random } from '../kernel/random.ts';
import type { Tx } from '../storage/database.ts';
import { isSlugOfDeleted, requireSlugOfNoDeleted } from './delete-organization-queries.ts';
import type { StoredOrganization } from '../access/queries.ts';
import { insertOrganization } from './queries.ts';
import { requireUnvouchedSlug, reservedOrganizationSlugs, slugCandidates } from '../contract/slugs.ts';

const suffixBytes = 4;

interface AddDeps {
  readonly clock: Clock;
  readonly random: Random;
  readonly vouchedSlugs: ReadonlySet<string>;
}

/**
 * A new organization, and whether it may take an operator-configured slug: if given, also if derived from the name, or
 * never.
 */
export interface WantedOrganization {
  readonly name: string;
  readonly slug?: string | undefined;
  readonly vouchedSlug: 'given' | 'given-or-derived' | 'never';
}

/**
 * Adds an organization. A given slug must be free; a derived slug gets a suffix if it is taken or reserved.
 *
 * An operator-configured slug brings domains. Names come from tenants even if an instance admin creates the
 * organization for them, so a name alone yields such a slug only when the server is set up.
 *
 * @throws `validation_failed` for an invalid slug, or `slug_taken`.
 */
export async function addOrganization(
  { clock, random, vouchedSlugs }: AddDeps,
  tx: Tx,
  { name, slug: given, vouchedSlug }: WantedOrganization,
): Promise<StoredOrganization> {
  if (given !== undefined && vouchedSlug === 'never') {
    requireUnvouchedSlug(vouchedSlugs, given);
    await requireSlugOfNoDeleted(tx, given);
  }
  const suffix = random.bytes(suffixBytes).toString('hex');
  const reserved =
    given === undefined && vouchedSlug !== 'given-or-derived'
      ? new Set([...reservedOrganizationSlugs, ...vouchedSlugs])
      : reservedOrganizationSlugs;
  for (const slug of slugCandidates({ name, given, fallback: 'organization', suffix, reserved })) {
    if (given === undefined && (await isSlugOfDeleted(tx, slug))) continue;
    const wanted = newOrganization({ id: random.uuid(), name, slug, nowMs: clock.nowMs() });
    const organization = await insertOrganization(tx, wanted);
    if (organization !== undefined) return organization;
  }
  throw appError('slug_taken');
}

interface NewOrganization {
  readonly id: string;
  readonly name: string;
  readonly slug: string;
  readonly nowMs: number;
}

/** The initial settings of an organization: no enforcement, sessions of thirty days, and just-in-time provisioning. */
function newOrganization({ id, name, slug, nowMs }: NewOrganization): StoredOrganization {
  return {
    id: asId<OrganizationId>(id),
    name,
    slug,
    authEnforced: false,
    bypassOrgAuthEnabled: false,
    defaultMembershipRole: 'member',
    userTokenExpiration: '30d',
    provisioningPolicy: 'just-in-time',
    createdAtMs: nowMs,
    updatedAtMs: nowMs,
  };
}

import { appError } from '../contract/errors.ts';
import { toBit } from '../storage/schema/codecs.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Random } from '../kernel/random.ts';
import type { Tx } from '../storage/database.ts';
import { isSlugOfDeleted, requireSlugOfNoDeleted } from './delete-organization-queries.ts';
import type { OrganizationRow } from '../access/queries.ts';
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
): Promise<OrganizationRow> {
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
    const row = await insertOrganization(tx, newRow({ id: random.uuid(), name, slug, nowMs: clock.nowMs() }));
    if (row !== undefined) return row;
  }
  throw appError('slug_taken');
}

/** The initial settings of an organization: no enforcement, sessions of thirty days, and just-in-time provisioning. */
function newRow({ id, name, slug, nowMs }: { id: string; name: string; slug: string; nowMs: number }): OrganizationRow {
  return {
    id,
    name,
    slug,
    auth_enforced: toBit(false),
    bypass_org_auth_enabled: toBit(false),
    default_membership_role: 'member',
    user_token_expiration: '30d',
    provisioning_policy: 'just-in-time',
    created_at: nowMs,
    updated_at: nowMs,
  };
}

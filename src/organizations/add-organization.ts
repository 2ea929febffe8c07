import { appError } from '../contract/errors.ts';
import { toBit } from '../storage/codecs.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Random } from '../kernel/random.ts';
import type { Tx } from '../storage/database.ts';
import { insertOrganization, type OrganizationRow } from './queries.ts';
import { reservedOrganizationSlugs, slugCandidates } from './slugs.ts';

const suffixBytes = 4;

/**
 * Adds an organization. A slug that is given must be free; one that is derived from the name is made so.
 *
 * @throws `validation_failed` for a given slug that cannot be one, or `slug_taken`.
 */
export async function addOrganization(
  { clock, random }: { clock: Clock; random: Random },
  tx: Tx,
  { name, slug: given }: { name: string; slug?: string },
): Promise<OrganizationRow> {
  const suffix = random.bytes(suffixBytes).toString('hex');
  const wanted = { name, given, fallback: 'organization', suffix, reserved: reservedOrganizationSlugs };
  for (const slug of slugCandidates(wanted)) {
    const row = await insertOrganization(tx, newRow({ id: random.uuid(), name, slug, nowMs: clock.nowMs() }));
    if (row !== undefined) return row;
  }
  throw appError('slug_taken');
}

/** What an organization starts with: no enforcement, sessions of thirty days, and members that come by signing in. */
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

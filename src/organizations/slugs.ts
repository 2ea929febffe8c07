import { appError } from '../contract/errors.ts';
import { slugLengthMax } from '../contract/limits.ts';

/** Why a slug that a caller gave cannot be one. */
export type SlugFault = 'slug_pattern' | 'slug_reserved';

// Lower-case ASCII alone: two slugs that look alike are then the same slug (Unicode TR 36, section 2.1).
const slugPattern = /^[a-z0-9]+(?:-[a-z0-9]+)*$/;

/** No organization's: they stand, or may come to stand, for a part of the site itself in a path or a host name. */
export const reservedOrganizationSlugs: ReadonlySet<string> = new Set([
  'admin',
  'api',
  'assets',
  'auth',
  'callback',
  'console',
  'docs',
  'health',
  'login',
  'logout',
  'new',
  'null',
  'oidc',
  'organization',
  'organizations',
  'ready',
  'root',
  'sallyport',
  'scim',
  'settings',
  'sign-in',
  'sso',
  'static',
  'status',
  'support',
  'system',
  'undefined',
  'users',
  'well-known',
  'www',
]);

const faultTexts = {
  slug_pattern: 'must be lower-case letters and digits, with single hyphens between them',
  slug_reserved: 'is reserved',
} as const satisfies Record<SlugFault, string>;

/** What is wrong with a slug that a caller gave; `undefined` when nothing is. */
export function slugFault(slug: string, reserved: ReadonlySet<string>): SlugFault | undefined {
  if (!slugPattern.test(slug)) return 'slug_pattern';
  return reserved.has(slug) ? 'slug_reserved' : undefined;
}

/** What something new is to be called, and what it must not be called. */
export interface WantedSlug {
  readonly name: string;
  /** As the caller gave it; left out, the name decides. */
  readonly given: string | undefined;
  /** For a name without a letter or digit of ASCII. */
  readonly fallback: string;
  /** Random, so that a slug with it is free in all likelihood. */
  readonly suffix: string;
  readonly reserved: ReadonlySet<string>;
}

/**
 * The slugs that may be tried for something new, best first: the given one and no other, or the one that the name
 * suggests, and that with the suffix.
 *
 * @throws `validation_failed` for a given slug that cannot be one.
 */
export function slugCandidates({ name, given, fallback, suffix, reserved }: WantedSlug): string[] {
  if (given === undefined) {
    const derived = deriveSlug(name, fallback);
    return [derived, suffixSlug(derived, suffix)].filter((slug) => !reserved.has(slug));
  }
  requireSlug(given, reserved);
  return [given];
}

/**
 * Refuses a slug that a caller gave and that cannot be one.
 *
 * @throws `validation_failed`
 */
export function requireSlug(slug: string, reserved: ReadonlySet<string>): void {
  const fault = slugFault(slug, reserved);
  if (fault === undefined) return;
  throw appError('validation_failed', {
    meta: { issues: [{ path: 'slug', code: fault, message: faultTexts[fault] }] },
  });
}

/**
 * Rejects a slug that the operator's list of vouched domains names. An organization with such a slug has those domains,
 * so only an instance admin may give it to an organization.
 *
 * @throws `slug_taken`
 */
export function requireUnvouchedSlug(vouchedSlugs: ReadonlySet<string>, slug: string): void {
  if (vouchedSlugs.has(slug)) throw appError('slug_taken', { meta: { reason: 'verified_by_operator' } });
}

/**
 * The slug that a name suggests: accents dropped, lower case, hyphens for everything that is no letter or digit of
 * ASCII. `fallback` stands in for a name that has none.
 */
export function deriveSlug(name: string, fallback: string): string {
  const plain = name.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase();
  return cut(plain.replaceAll(/[^a-z0-9]+/g, '-'), slugLengthMax) || fallback;
}

/** A slug made unique by a random suffix, still within the longest length. */
export function suffixSlug(slug: string, suffix: string): string {
  return `${cut(slug, slugLengthMax - suffix.length - 1)}-${suffix}`;
}

function cut(slug: string, lengthMax: number): string {
  return slug.replace(/^-/, '').slice(0, lengthMax).replace(/-$/, '');
}

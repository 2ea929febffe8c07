import { appError } from './errors.ts';
import { slugLengthMax } from './limits.ts';

/** Why a slug is invalid. */
export type SlugFault = 'slug_pattern' | 'slug_reserved';

// Lower-case ASCII only, so that two slugs that look alike are the same (Unicode TR 36, section 2.1).
const slugPattern = /^[a-z0-9]+(?:-[a-z0-9]+)*$/;

/** Reserved, because they are or may become parts of the site's paths or host names. */
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

/** What is wrong with a given slug; `undefined` if it is valid. */
export function slugFault(slug: string, reserved: ReadonlySet<string>): SlugFault | undefined {
  if (!slugPattern.test(slug)) return 'slug_pattern';
  return reserved.has(slug) ? 'slug_reserved' : undefined;
}

/** The name of a new object, and the reserved slugs. */
export interface WantedSlug {
  readonly name: string;
  /** As the caller gave it; derived from the name by default. */
  readonly given: string | undefined;
  /** For a name without an ASCII letter or digit. */
  readonly fallback: string;
  /** Random, so that a slug with it is almost certainly free. */
  readonly suffix: string;
  readonly reserved: ReadonlySet<string>;
}

/**
 * The slugs to try for a new object, best first: only the given one, or the one derived from the name, then that with
 * the suffix.
 *
 * @throws `validation_failed` for an invalid slug.
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
 * Rejects an invalid slug.
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
 * Rejects a slug in the operator's list of verified domains. An organization with such a slug has those domains, so
 * only an instance admin may set it.
 *
 * @throws `slug_taken`
 */
export function requireUnvouchedSlug(vouchedSlugs: ReadonlySet<string>, slug: string): void {
  if (vouchedSlugs.has(slug)) throw appError('slug_taken', { meta: { reason: 'verified_by_operator' } });
}

/**
 * The slug derived from a name: without accents, in lower case, with hyphens for everything except ASCII letters and
 * digits. `fallback` is for a name without any.
 */
export function deriveSlug(name: string, fallback: string): string {
  const plain = name.normalize('NFKD').replaceAll(/\p{M}/gu, '').toLowerCase();
  return cut(plain.replaceAll(/[^a-z0-9]+/g, '-'), slugLengthMax) || fallback;
}

/** A slug made unique by a random suffix, within the maximum length. */
export function suffixSlug(slug: string, suffix: string): string {
  return `${cut(slug, slugLengthMax - suffix.length - 1)}-${suffix}`;
}

function cut(slug: string, lengthMax: number): string {
  return slug.replace(/^-/, '').slice(0, lengthMax).replace(/-$/, '');
}

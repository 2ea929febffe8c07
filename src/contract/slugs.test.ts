import { describe, expect, it } from 'vitest';

import { slugLengthMax } from './limits.ts';
import { deriveSlug, reservedOrganizationSlugs as reserved, slugCandidates, slugFault, suffixSlug } from './slugs.ts';

describe('a requested slug', () => {
  it.each(['acme', 'acme-2', '7', 'a-b-c'])('%s is taken as it is', (slug) => {
    expect(slugFault(slug, reserved)).toBeUndefined();
  });

  it.each(['', 'Acme', 'a--b', '-a', 'a-', 'a b', 'a_b', 'a/b', 'é', 'аcme', 'acme\n'])(
    'H242: %j is not a valid slug',
    (slug) => {
      expect(slugFault(slug, reserved)).toBe('slug_pattern');
    },
  );

  it.each(['api', 'login', 'well-known'])('H242: %s is reserved', (slug) => {
    expect(slugFault(slug, reserved)).toBe('slug_reserved');
  });
});

describe('a slug derived from a name', () => {
  it.each([
    ['Acme, Inc.', 'acme-inc'],
    ['  Café Zürich  ', 'cafe-zurich'],
    ['ﬁne Ⅷ', 'fine-viii'],
    ['东京', 'organization'],
    ['---', 'organization'],
  ])('from %j is %s', (name, slug) => {
    expect(deriveSlug(name, 'organization')).toBe(slug);
  });

  it('is always valid, however long the name', () => {
    const slug = deriveSlug(`${'a'.repeat(slugLengthMax - 1)} and more`, 'organization');
    expect(slug).toBe('a'.repeat(slugLengthMax - 1));
    expect(slugFault(slug, reserved)).toBeUndefined();
  });

  it('keeps its length when a suffix makes it unique', () => {
    expect(suffixSlug('acme', 'k3x9')).toBe('acme-k3x9');
    const long = suffixSlug('a'.repeat(slugLengthMax), 'k3x9');
    expect(long).toHaveLength(slugLengthMax);
    expect(long.endsWith('-k3x9')).toBe(true);
  });
});

describe('the slugs to try', () => {
  const wanted = { name: 'Acme', given: undefined, fallback: 'group', suffix: 'k3x9', reserved };

  it('suggests only the requested slug', () => {
    expect(slugCandidates({ ...wanted, given: 'other' })).toEqual(['other']);
  });

  it('suggests the derived slug, then the slug with the suffix', () => {
    expect(slugCandidates(wanted)).toEqual(['acme', 'acme-k3x9']);
  });

  it('leaves a reserved slug out', () => {
    expect(slugCandidates({ ...wanted, name: 'API' })).toEqual(['api-k3x9']);
  });

  it('accepts any word if no slug is reserved', () => {
    expect(slugCandidates({ ...wanted, given: 'api', reserved: new Set() })).toEqual(['api']);
  });

  it('suggests no slug when the requested one is reserved', () => {
    expect(() => slugCandidates({ ...wanted, given: 'api' })).toThrow(
      expect.objectContaining({ code: 'validation_failed' }),
    );
  });
});

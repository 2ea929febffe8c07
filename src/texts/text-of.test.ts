import { describe, expect, it } from 'vitest';

import { type Catalogue, catalogues } from './catalogue.ts';
import { errorText, textOf } from './text-of.ts';

describe('the catalogue of texts', () => {
  it('fills the parameters of a code into its text', () => {
    const between = { code: 'between', fromSeconds: 0, toSeconds: 60 } as const;
    expect(textOf('en', 'facts', between)).toBe('from 1970-01-01T00:00:00.000Z to 1970-01-01T00:01:00.000Z');
    expect(textOf('en', 'facts', { code: 'same' })).toBe('the same');
  });

  it.each(['a_code_of_a_later_version', 'constructor', '__proto__'])('shows the unknown code %s as itself', (code) => {
    // A newer version has stored it.
    expect(textOf('en', 'facts', { code } as unknown as { code: 'none' })).toBe(code);
  });

  it('has whole sentences for every error', () => {
    for (const text of Object.values(catalogues.en.errors)) expect(text).toMatch(/^[A-Z`].*\.$/u);
    expect(errorText('last_admin')).toContain('at least one active admin');
  });

  it('does not compile for a language that lacks a code', () => {
    const { same: _same, ...incomplete } = catalogues.en.facts;
    // @ts-expect-error -- `same` has no text
    const facts: Catalogue['facts'] = incomplete;
    expect(facts).not.toHaveProperty('same');
  });
});

import { describe, expect, test } from 'vitest';

import { readPageAsset } from './assets.ts';

const css = readPageAsset('sallyport.css').toString();
const [light = '', darkChanges = ''] = [...css.matchAll(/:root \{([^}]*)\}/g)].map((block) => block[1] ?? '');
const schemes = { light: colours(light), dark: new Map([...colours(light), ...colours(darkChanges)]) };

// The colour pairs and their minimum contrast: 4.5 for text, 3 for the border of a control (WCAG 2.2, 1.4.3, 1.4.11).
const pairs = [
  ['ink', 'paper', 4.5],
  ['ink', 'sheet', 4.5],
  ['ink', 'notice-paper', 4.5],
  ['quiet', 'paper', 4.5],
  ['quiet', 'sheet', 4.5],
  ['accent', 'paper', 4.5],
  ['accent', 'sheet', 4.5],
  ['accent-strong', 'paper', 4.5],
  ['on-accent', 'accent', 4.5],
  ['on-accent', 'accent-strong', 4.5],
  ['problem-ink', 'problem-paper', 4.5],
  ['on-gate', 'gate', 4.5],
  ['field-line', 'paper', 3],
  ['field-line', 'sheet', 3],
  ['problem-line', 'sheet', 3],
  ['problem-line', 'paper', 3],
  ['notice-line', 'paper', 3],
  ['focus', 'paper', 3],
  ['focus', 'sheet', 3],
  ['focus-on-gate', 'gate', 3],
] as const;

describe.each(['light', 'dark'] as const)('the %s colours', (scheme) => {
  test.each(pairs)('%s on %s have a contrast of at least %d', (above, below, least) => {
    expect(contrast(colour(schemes[scheme], above), colour(schemes[scheme], below))).toBeGreaterThanOrEqual(least);
  });
});

function colours(block: string): ReadonlyMap<string, string> {
  return new Map([...block.matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)].map((match) => [match[1] ?? '', match[2] ?? '']));
}

function colour(scheme: ReadonlyMap<string, string>, name: string): string {
  const found = scheme.get(name);
  if (found === undefined) throw new Error(`the style sheet has no colour ${name}`);
  return found;
}

function contrast(one: string, other: string): number {
  const [darker = 0, lighter = 0] = [luminance(one), luminance(other)].toSorted((a, b) => a - b);
  return (lighter + 0.05) / (darker + 0.05);
}

// Relative luminance of an sRGB colour, as WCAG 2.2 defines it.
function luminance(hex: string): number {
  const channel = (start: number): number => {
    const value = Number.parseInt(hex.slice(start, start + 2), 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5);
}

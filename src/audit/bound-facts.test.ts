import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { boundFacts } from './bound-facts.ts';

const bytesMax = 6144;
const read = (text: string): Record<string, unknown> => JSON.parse(text);

describe('the facts of an audit entry', () => {
  it('are written unchanged if they fit', () => {
    const facts = { userId: 'u', assignedToGroups: [{ id: 'g', name: 'Ä 𝒜' }], count: 3, none: null };
    expect(boundFacts(facts, bytesMax)).toBe(JSON.stringify(facts));
  });

  it('list the first twenty names of a groups claim and count the others', () => {
    const userGroupsClaim = Array.from({ length: 990 }, (_, index) => `group ${index}`);
    const facts = read(boundFacts({ userGroupsClaim, userId: 'u' }, bytesMax));
    expect(facts).toEqual({
      userGroupsClaim: userGroupsClaim.slice(0, 20),
      userId: 'u',
      cut: { userGroupsClaim: 970 },
    });
  });

  it('keep the start of a long text and count the characters that are cut, without splitting a character', () => {
    const name = `${'n'.repeat(1023)}${'𝒜'.repeat(10)}`;
    const facts = read(boundFacts({ settings: { name } }, bytesMax));
    expect(facts).toEqual({ settings: { name: 'n'.repeat(1023) }, cut: { 'settings.name': 10 } });
  });

  it('lose the end of the longest list until they fit', () => {
    const groups = Array.from({ length: 400 }, (_, index) => ({ id: `id ${index}`, name: 'x'.repeat(40) }));
    const facts = read(boundFacts({ assignedToGroups: groups, hosts: ['a', 'b'] }, bytesMax));
    expect(facts).toEqual({
      assignedToGroups: groups.slice(0, 72),
      hosts: ['a', 'b'],
      cut: { assignedToGroups: 328 },
    });
  });

  it('fit and count what is missing, for any facts', () => {
    const texts = fc.oneof(fc.string({ unit: 'binary', maxLength: 40 }), fc.constant('\u0001'.repeat(3000)));
    const value = fc.oneof(
      texts,
      fc.array(texts, { maxLength: 900 }),
      fc.array(fc.record({ id: texts, name: texts }), { maxLength: 300 }),
      fc.integer(),
    );
    const names = fc.constantFrom('name', 'userGroupsClaim', 'assignedToGroups', 'hosts', 'inner');
    fc.assert(
      fc.property(fc.dictionary(names, value), (facts) => {
        const text = boundFacts(facts, bytesMax);
        expect(Buffer.byteLength(text)).toBeLessThanOrEqual(bytesMax);
        expect(JSON.stringify(read(text))).toBe(text);
        const { cut = {}, ...kept } = read(text);
        for (const [name, before] of Object.entries(facts)) {
          const after = kept[name];
          if (!Array.isArray(before) || !Array.isArray(after)) continue;
          const missing = Reflect.get(Object(cut), name) ?? 0;
          if (before.every((item) => typeof item === 'string' && item.length < 500)) {
            expect(after.length + missing).toBe(before.length);
          }
        }
      }),
      { numRuns: 60 },
    );
  });
});

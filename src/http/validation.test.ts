import { Type } from 'typebox';
import { describe, expect, it } from 'vitest';

import { Text } from '../contract/text.ts';
import { createValidators } from './validation.ts';

describe('a string length', () => {
  const validate = createValidators().forBody(Type.Object({ name: Text({ lengthMax: 3 }) }));
  const codes = (name: string) => validate({ name }).map(({ code }) => code);

  it('is counted in code points, as the published document says', () => {
    expect(codes('𝒜𝒜𝒜')).toEqual([]);
    expect(codes('𝒜𝒜𝒜𝒜')).toEqual(['maxLength']);
  });

  it('is that of the trimmed string', () => {
    expect(codes('  abc  ')).toEqual([]);
  });
});

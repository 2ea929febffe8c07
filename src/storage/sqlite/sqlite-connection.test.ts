import { expect, it } from 'vitest';

import { sqliteStatementsMax } from '../limits.ts';
import { openWriter } from './sqlite-connection.ts';

it('returns correct results for more statements than it keeps prepared', () => {
  const connection = openWriter(':memory:');
  const numbers = Array.from({ length: sqliteStatementsMax + 50 }, (_, index) => index);
  for (const number of [...numbers, ...numbers.toReversed(), 0]) {
    expect(connection.run(`select ${number} as number`, [])).toEqual({ rows: [{ number }] });
  }
  connection.close();
});

it.each([true, undefined, {}, () => 1, Symbol('x')])('refuses to store %o', (value) => {
  const connection = openWriter(':memory:');
  expect(() => connection.run('select ?', [value])).toThrow(TypeError);
  connection.close();
});

import { inspect } from 'node:util';
import { expect, test } from 'vitest';

import { Secret } from './secret.ts';

test('decrypts a sealed secret when it is first used, and once', () => {
  let opened = 0;
  const secret = new Secret(() => {
    opened += 1;
    return 'plain';
  });
  expect([`${secret}`, JSON.stringify(secret), inspect(secret)].join(' ')).not.toContain('plain');
  expect(opened).toBe(0);
  expect([secret.expose(), secret.expose()]).toStrictEqual(['plain', 'plain']);
  expect(opened).toBe(1);
});

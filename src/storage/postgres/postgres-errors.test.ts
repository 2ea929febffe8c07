import { expect, it } from 'vitest';

import { fromPostgresError, isConnectionLost, isPostgresRetryable } from './postgres-errors.ts';

const sent = (code: string) => Object.assign(new Error('any text'), { severity: 'ERROR', code });

it.each(['08006', '53100', '53300', '57014', '57P01', '57P03', '25006', '55P03', '58030'])(
  'treats SQLSTATE %s as an unavailable database',
  (code) => {
    const error = sent(code);
    expect(fromPostgresError(error)).toMatchObject({ code: 'storage_unavailable', cause: error });
  },
);

it.each(['23505', '23503', '42P01', '22021', '40001'])('does not change SQLSTATE %s', (code) => {
  const error = sent(code);
  expect(fromPostgresError(error)).toBe(error);
});

it('treats an error that is not from the server as a lost connection, unless a value has the wrong type', () => {
  const reset = Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' });
  expect(isConnectionLost(reset)).toBe(true);
  expect(fromPostgresError(reset)).toMatchObject({ code: 'storage_unavailable' });
  expect(fromPostgresError(new Error('Connection terminated'))).toMatchObject({ code: 'storage_unavailable' });
  const wrongType = new TypeError('not a string');
  expect(isConnectionLost(wrongType)).toBe(false);
  expect(fromPostgresError(wrongType)).toBe(wrongType);
});

it('retries a transaction that conflicted with another one, and no other', () => {
  expect(['40001', '40P01', '0A000'].map((code) => isPostgresRetryable(sent(code)))).toEqual([true, true, true]);
  expect(['23505', '57P01', '42P01'].map((code) => isPostgresRetryable(sent(code)))).toEqual([false, false, false]);
});

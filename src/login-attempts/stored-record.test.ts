import { describe, expect, it } from 'vitest';

import { decodeRecord, encode, encodeRecord, type StoredRecord } from './stored-record.ts';

const record: StoredRecord = {
  by: 'email',
  revision: 3,
  ipAddress: '192.0.2.7',
  userAgent: 'a browser',
  steps: [
    { name: 'state', outcome: 'passed', durationMs: 1, expected: 'the state of this attempt', found: 'the same' },
    { name: 'kid', outcome: 'passed', durationMs: 0, expected: undefined, found: 'key-1' },
    { name: 'callback_form', outcome: 'passed', durationMs: 0, expected: 'words of another version', found: undefined },
    { name: 'groups', outcome: 'skipped', durationMs: 0, expected: undefined, found: undefined },
    { name: 'iss', outcome: 'failed', durationMs: 2, expected: 'https://idp.example', found: 'none' },
  ],
};

describe('the record of a sign-in', () => {
  it('is read as it was written', () => {
    expect(decodeRecord(encodeRecord(record, []))).toEqual(record);
  });

  // What is stored stays readable: the places in these texts are those of databases that exist.
  it.each([
    ['in words', '[["state",0,1,"the state of this attempt","the same"],["kid",0,0,null,"key-1"]]'],
    ['with places of phrases', '[[10,0,1,11,1],[26,0,0,null,"key-1"]]'],
  ])('is read %s', (_how, steps) => {
    const stored = `{"ipAddress":"192.0.2.7","userAgent":"","steps":${steps}}`;
    expect(decodeRecord(stored)?.steps).toEqual(record.steps.slice(0, 2));
  });

  it('leaves out what only a later version knows', () => {
    const steps = '[["a later step",0,0],[9999,0,0],[10,0,1,9999,1]]';
    expect(decodeRecord(`{"ipAddress":"192.0.2.7","userAgent":"","steps":${steps}}`)?.steps).toEqual([
      { name: 'state', outcome: 'passed', durationMs: 1, expected: undefined, found: 'the same' },
    ]);
  });

  it('has the last phrase where it was put', () => {
    expect(decodeRecord('{"ipAddress":"","userAgent":"","steps":[[58,0,0,null,57]]}')?.steps).toEqual([
      expect.objectContaining({ name: 'session', found: 'groups are not managed by sign-ins' }),
    ]);
  });

  it.each([
    ['as it is', 'a-long-secret-code', 'before a-long-secret-code after'],
    ['with what JSON spells otherwise', '"quoted\\code\u0001', 'before "quoted\\code\u0001 after'],
    ['half a surrogate pair', '\ud83d', 'before \ud83d\ude00 after'],
  ])('does not tell a secret that a fact repeats, %s', (_how, secret, found) => {
    const told = decodeRecord(
      encodeRecord({ ...record, steps: [{ name: 'form', outcome: 'failed', durationMs: 0, found }] }, ['', secret]),
    );
    expect(told?.steps[0]?.found).toBe(found.replace(secret, '[redacted]'));
  });

  it('keeps what only looks like a secret because of the JSON around it', () => {
    expect(encode({ a: 'b', c: 'd' }, ['","', 'b","c'])).toBe('{"a":"b","c":"d"}');
  });
});

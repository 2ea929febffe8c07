import { describe, expect, it } from 'vitest';

import { attemptRecordBytesMax } from '../contract/limits.ts';
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

  it('stays within its limit, whatever its facts and groups are made of', () => {
    // JSON spells each of these with six bytes.
    const long = '\u0001'.repeat(5000);
    const step = { name: 'iss', outcome: 'failed', durationMs: 1, expected: long, found: long } as const;
    const causes = { step: long, check: long, reason: long, error: long, expected: long, found: long, domain: long };
    const names = Array.from({ length: 21 }, () => '\u0001'.repeat(64));
    const groups = { isManaged: true, named: 990, unmatched: 1, added: names, removed: names, kept: names[0] ?? '' };
    const steps = [...Array.from({ length: 40 }, () => ({ ...step, outcome: 'passed' as const })), step];
    const text = encodeRecord({ ...record, ...causes, userAgent: long.slice(0, 512), groups, steps }, []);
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(attemptRecordBytesMax);
    expect(decodeRecord(text)?.steps).toMatchObject([{ name: 'iss', outcome: 'failed' }]);
  });

  it('keeps what only looks like a secret because of the JSON around it', () => {
    expect(encode({ a: 'b', c: 'd' }, ['","', 'b","c'])).toBe('{"a":"b","c":"d"}');
  });
});

import { describe, expect, it } from 'vitest';

import type { Fact } from '../contract/attempt-facts.ts';
import { attemptRecordBytesMax } from '../contract/limits.ts';
import { textOf } from '../texts/text-of.ts';
import { decodeRecord, encode, encodeRecord, type StoredRecord } from './stored-record.ts';

const record: StoredRecord = {
  by: 'email',
  revision: 3,
  ipAddress: '192.0.2.7',
  userAgent: 'a browser',
  steps: [
    { name: 'state', outcome: 'passed', durationMs: 1, expected: { code: 'attempt_state' }, found: { code: 'same' } },
    { name: 'kid', outcome: 'passed', durationMs: 0, expected: undefined, found: { code: 'kid', kid: 'key-1' } },
    { name: 'callback_form', outcome: 'passed', durationMs: 0, expected: { code: 'code_or_error' }, found: undefined },
    { name: 'groups', outcome: 'skipped', durationMs: 0, expected: undefined, found: undefined },
    {
      name: 'iss',
      outcome: 'failed',
      durationMs: 2,
      expected: { code: 'issuer', issuer: 'https://idp.example' },
      found: { code: 'none' },
    },
  ],
};

/** Facts with several parameters, or with one that may be left out. */
const samples: readonly Fact[] = [
  { code: 'issuer_from', issuer: 'https://idp.example', source: 'fetched' },
  { code: 'between', fromSeconds: 1, toSeconds: 2 },
  { code: 'acr_values', values: ['a', 'b'] },
  { code: 'email_from', claim: 'email', source: 'userinfo', domain: 'acme.example', verified: 'no' },
  { code: 'provider_error', error: 'access_denied' },
  { code: 'provider_error', error: 'access_denied', description: 'not assigned' },
];

describe('the record of a sign-in attempt', () => {
  it('is the same after it is stored and read', () => {
    expect(decodeRecord(encodeRecord(record, []))).toEqual(record);
  });

  it.each(samples.map((fact) => [fact.code, fact] as const))('keeps every parameter of the fact %s', (_code, fact) => {
    const steps = [{ name: 'iss', outcome: 'failed', durationMs: 0, expected: { code: 'none' }, found: fact }] as const;
    expect(decodeRecord(encodeRecord({ ...record, steps }, []))?.steps).toEqual(steps);
  });

  it('stores a fact that was found as expected once', () => {
    const issuer = { code: 'issuer', issuer: 'https://idp.example' } as const;
    const steps = [{ name: 'iss', outcome: 'passed', durationMs: 0, expected: issuer, found: issuer }] as const;
    const stored = encodeRecord({ ...record, steps }, []);
    expect(stored.split('https://idp.example')).toHaveLength(2);
    expect(decodeRecord(stored)?.steps).toEqual(steps);
  });

  it('stores a fact without parameters as its code', () => {
    const { steps } = JSON.parse(encodeRecord(record, [])) as { steps: unknown[] };
    expect(steps.slice(0, 2)).toEqual([
      ['state', 0, 1, 'attempt_state', 'same'],
      ['kid', 0, 0, null, ['kid', 'key-1']],
    ]);
  });

  it('leaves out a step that only a later version knows, and keeps an unknown fact as its code', () => {
    const steps = '[["a later step",0,0],["state",0,1,["a_later_fact",1],"another_later_fact"]]';
    const [step, ...others] = decodeRecord(`{"ipAddress":"192.0.2.7","userAgent":"","steps":${steps}}`)?.steps ?? [];
    expect(others).toEqual([]);
    expect(step).toMatchObject({ name: 'state', outcome: 'passed', durationMs: 1 });
    const texts = [step?.expected, step?.found].map((fact) => fact && textOf('en', 'facts', fact));
    expect(texts).toEqual(['a_later_fact', 'another_later_fact']);
  });

  it.each([
    ['as it is', 'a-long-secret-code', 'before a-long-secret-code after'],
    ['with characters that JSON escapes', '"quoted\\code\u0001', 'before "quoted\\code\u0001 after'],
    ['that is half a surrogate pair', '\ud83d', 'before \ud83d\ude00 after'],
  ])('redacts a secret that a fact repeats, %s', (_how, secret, issuer) => {
    const found = { code: 'issuer', issuer } as const;
    const stored = encodeRecord({ ...record, steps: [{ name: 'form', outcome: 'failed', durationMs: 0, found }] }, [
      '',
      secret,
    ]);
    expect(decodeRecord(stored)?.steps[0]?.found).toEqual({
      code: 'issuer',
      issuer: issuer.replace(secret, '[redacted]'),
    });
  });

  it('keeps the code of a fact even if an authorization code is spelled like it', () => {
    const stored = encodeRecord(record, ['attempt_state', 'state']);
    expect(decodeRecord(stored)?.steps[0]).toEqual(record.steps[0]);
  });

  it('stays within its limit, whatever its facts and groups are made of', () => {
    // JSON spells each of these with six bytes.
    const long = '\u0001'.repeat(5000);
    const step = {
      name: 'iss',
      outcome: 'failed',
      durationMs: 1,
      expected: { code: 'issuer', issuer: long },
      found: { code: 'issuers', issuers: Array.from({ length: 40 }, () => long) },
    } as const;
    const causes = {
      step: long,
      check: long,
      reason: long,
      error: long,
      expected: step.expected,
      found: step.found,
      domain: long,
    };
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

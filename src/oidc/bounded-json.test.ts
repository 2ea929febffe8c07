import { expect, it } from 'vitest';

import { member, parseJsonObject } from './bounded-json.ts';
import { jsonDepthMax } from './limits.ts';

const parse = (text: string) => parseJsonObject(Buffer.from(text));

it.each([
  ['HTML', '<!doctype html><html></html>', 'not_json'],
  ['nothing', '', 'not_json'],
  ['a byte order mark', '\ufeff{}', 'not_json'],
  ['an array', '[]', 'not_an_object'],
  ['null', 'null', 'not_an_object'],
  ['a text', '"x"', 'not_an_object'],
  ['a truncated body', '{"issuer":"https://idp', 'not_json'],
  ['deep nesting', `${'{"a":'.repeat(jsonDepthMax + 1)}1${'}'.repeat(jsonDepthMax + 1)}`, 'too_deep'],
  ['a hundred thousand brackets', '['.repeat(100_000), 'too_deep'],
])('H040: refuses %s', (_what, text, reason) => {
  expect(parse(text)).toEqual({ ok: false, reason });
});

it('rejects bytes that are not UTF-8', () => {
  expect(parseJsonObject(Buffer.from('{"a":1}', 'utf16le'))).toMatchObject({ ok: false });
  expect(parseJsonObject(Buffer.from([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d]))).toMatchObject({
    reason: 'not_utf8',
  });
});

it('accepts nesting up to the limit, and does not count brackets in strings', () => {
  expect(parse(`${'{"a":'.repeat(jsonDepthMax)}1${'}'.repeat(jsonDepthMax)}`).ok).toBe(true);
  expect(parse(`{"a":"${'['.repeat(1_000)}\\"${'{'.repeat(1_000)}"}`).ok).toBe(true);
});

it('H275: reads names of prototypes as plain data', () => {
  const parsed = parse('{"__proto__":{"sub":"admin"},"constructor":1}');
  const value = parsed.ok ? parsed.value : {};
  expect(member(value, 'sub')).toBeUndefined();
  expect(member(value, 'toString')).toBeUndefined();
  expect(member(value, 'constructor')).toBe(1);
  expect(Object.hasOwn(Object.prototype, 'sub')).toBe(false);
});

it('uses the last of duplicate names, as JSON.parse does', () => {
  const parsed = parse('{"sub":"u1","sub":"admin"}');
  expect(parsed.ok && member(parsed.value, 'sub')).toBe('admin');
});

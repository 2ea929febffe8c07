import { describe, expect, it } from 'vitest';

import { parseEmailAddress } from './email-address.ts';

describe('an e-mail address', () => {
  it.each([
    ['alice@acme.example', 'alice@acme.example'],
    ['Alice.Practice+sso@ACME.Example', 'alice.practice+sso@acme.example'],
    ["o'brien_x-y@sub.acme.example", "o'brien_x-y@sub.acme.example"],
    ['alice@bücher.example', 'alice@xn--bcher-kva.example'],
    ['alice@BÜCHER.example', 'alice@xn--bcher-kva.example'],
    ['alice@xn--bcher-kva.example', 'alice@xn--bcher-kva.example'],
  ])('%s is compared as %s', (text, key) => {
    const parsed = parseEmailAddress(text);
    expect(parsed.ok && parsed.address.key).toBe(key);
    expect(parsed.ok && parsed.address.text).toBe(text);
  });

  it.each([
    ['two at signs', 'a@b@acme.example'],
    ['an address before another', 'a@acme.example@evil.example'],
    ['a quoted address', '"a@evil.example"@acme.example'],
    ['a quoted local part', '"alice"@acme.example'],
    ['an encoded word', '=?utf-8?q?x=40evil.example=3E?=@acme.example'],
    ['a source route', 'user%evil.example@acme.example'],
    ['a bang path', 'evil.example!user@acme.example'],
    ['a route in angle brackets', '<u@evil.example>u@acme.example'],
    ['a display name', 'Alice <alice@acme.example>'],
    ['a comment', 'u@acme.example (x)'],
    ['a list', 'u@acme.example,v@evil.example'],
    ['a line break', 'evil@evil.example\n@acme.example'],
    ['a trailing line break', 'alice@acme.example\n'],
    ['a NUL', 'alice\0@acme.example'],
    ['a leading blank', ' alice@acme.example'],
    ['an inner blank', 'alice smith@acme.example'],
    ['a trailing dot', 'alice@acme.example.'],
    ['no local part', '@acme.example'],
    ['no domain', 'alice@'],
    ['no at sign', 'alice'],
    ['nothing', ''],
    ['a dot at the start', '.alice@acme.example'],
    ['two dots', 'al..ice@acme.example'],
    ['an address literal', 'u@[192.0.2.1]'],
    ['a bare IPv4 address', 'u@192.0.2.1'],
    ['a single label', 'u@localhost'],
    ['an empty label', 'u@acme..example'],
    ['a hyphen at the end of a label', 'u@acme-.example'],
    ['an underscore in the domain', 'u@ac_me.example'],
    ['a slash in the domain', 'u@acme.example/x'],
    ['full-width letters', 'u@ａｃｍｅ.example'],
    ['an ideographic full stop', 'u@acme。example'],
    ['a soft hyphen', 'u@ac\u00adme.example'],
    ['a zero-width space', 'u@ac\u200bme.example'],
    ['the Kelvin sign', 'u@\u212aacme.example'],
    ['the Kelvin sign beside another letter outside ASCII', 'u@b\u00fc\u212a.example'],
    ['the long s', 'u@\u017facme.example'],
    ['a made-up A-label', 'u@xn--a.example'],
    ['an A-label of ASCII', 'u@xn--acme-.example'],
    ['a dotted capital I in the local part', 'al\u0130ce@acme.example'],
    ['sharp s in the local part', 'stra\u00dfe@acme.example'],
    ['a local part of 65 characters', `${'a'.repeat(65)}@acme.example`],
    ['a label of 64 characters', `u@${'a'.repeat(64)}.example`],
    ['255 characters', `u@${`${'a'.repeat(60)}.`.repeat(4)}${'a'.repeat(9)}.example`],
  ])('rejects %s', (_what, text) => {
    expect(parseEmailAddress(text).ok).toBe(false);
  });

  it('keeps look-alikes in different scripts apart', () => {
    const parsed = parseEmailAddress('u@аcme.example');
    expect(parsed.ok && parsed.address.domain).not.toBe('acme.example');
    expect(parsed.ok && parsed.address.domain.startsWith('xn--')).toBe(true);
  });

  it('removes neither dots nor tags from the local part', () => {
    const keys = ['a.b@acme.example', 'ab@acme.example', 'ab+x@acme.example'].map((text) => {
      const parsed = parseEmailAddress(text);
      return parsed.ok ? parsed.address.key : undefined;
    });
    expect(new Set(keys).size).toBe(3);
  });
});

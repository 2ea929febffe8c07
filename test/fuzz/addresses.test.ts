import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { parseDomainName } from '../../src/contract/domain-name.ts';
import { parseEmailAddress } from '../../src/contract/email-address.ts';
import { isDomainAllowed, parseAllowedEmailDomains } from '../../src/connections/email-domains.ts';
import { anyText } from './hostile-values.ts';

const labels = fc.oneof(
  fc.stringMatching(/^[a-zA-Z0-9-]{1,12}$/),
  fc.constantFrom(
    'acme',
    'ACME',
    'xn--a',
    'xn--bcher-kva',
    'bücher',
    'ａｃｍｅ',
    'ac\u00adme',
    'K',
    'ß',
    '１２７',
    '',
    '-a',
  ),
);
const nearlyDomain = fc.oneof(
  anyText,
  fc.tuple(fc.array(labels, { maxLength: 5 }), fc.constantFrom('.', '。', '..')).map(([parts, dot]) => parts.join(dot)),
  fc.domain(),
);
const nearlyAddress = fc.oneof(
  anyText,
  fc.emailAddress(),
  fc.tuple(anyText, nearlyDomain).map(([local, domain]) => `${local}@${domain}`),
  fc.tuple(fc.stringMatching(/^[a-z"=?<>(),%!.]{1,12}$/), nearlyDomain).map(([local, domain]) => `${local}@${domain}`),
);

describe('any string as a domain', () => {
  it('is rejected, or has one canonical form that parses to itself and that a URL has too', () => {
    fc.assert(
      fc.property(nearlyDomain, (text) => {
        const parsed = parseDomainName(text);
        if (!parsed.ok) return;
        expect(parsed.domain).toMatch(/^(?=.{1,253}$)[a-z\d-]{1,63}(?:\.[a-z\d-]{1,63})+$/);
        expect(parseDomainName(parsed.domain)).toEqual(parsed);
        expect(new URL(`https://${parsed.domain}/`).hostname).toBe(parsed.domain);
      }),
      {
        numRuns: 3_000,
        examples: [['xn--a.example'], ['ａｃｍｅ.example'], ['acme。example'], ['1.2.3.4'], ['K.example']],
      },
    );
  });

  it('that is not ASCII never becomes a name of ASCII letters alone', () => {
    fc.assert(
      fc.property(nearlyDomain, (text) => {
        const parsed = parseDomainName(text);
        if (!parsed.ok || /^[\0-\x7f]*$/.test(text)) return;
        expect(parsed.domain).toContain('xn--');
      }),
      { numRuns: 3_000 },
    );
  });
});

describe('any string as an e-mail address', () => {
  it('is rejected, or is exactly its local part and its domain, and its key parses to itself', () => {
    fc.assert(
      fc.property(nearlyAddress, (text) => {
        const parsed = parseEmailAddress(text);
        if (!parsed.ok) return;
        const { address } = parsed;
        expect(text.split('@')).toHaveLength(2);
        expect(text.startsWith(`${address.localPart}@`)).toBe(true);
        expect(address.key).toBe(`${address.localPart.toLowerCase()}@${address.domain}`);
        expect(address.key).toMatch(/^[\x21-\x7e]+$/);
        expect(parseEmailAddress(address.key)).toMatchObject({ ok: true, address: { key: address.key } });
      }),
      {
        numRuns: 3_000,
        examples: [['a@b@acme.example'], ['"a@b"@acme.example'], ['a@acme.example\n'], ['a@acme.example.']],
      },
    );
  });
});

describe('any list of allowed domains', () => {
  const item = fc
    .tuple(fc.constantFrom('', '*.', '@', ' ', '*'), nearlyDomain)
    .map(([before, domain]) => before + domain);
  const list = fc.array(item, { maxLength: 4 }).map((items) => items.join(','));

  it('is rejected, or its stored form parses to the same list', () => {
    fc.assert(
      fc.property(list, (text) => {
        const parsed = parseAllowedEmailDomains(text);
        if (parsed.ok) expect(parseAllowedEmailDomains(parsed.items.join(', '))).toEqual(parsed);
        else expect(parsed.problem).not.toBe('');
      }),
      { numRuns: 3_000 },
    );
  });

  it('accepts exactly what a comparison of whole labels accepts', () => {
    const names = fc.array(fc.constantFrom('acme', 'evil', 'a', 'example', 'net'), { minLength: 2, maxLength: 4 });
    fc.assert(
      fc.property(fc.boolean(), names, names, (isWildcard, allowed, asked) => {
        const stored = (isWildcard ? '*.' : '') + allowed.join('.');
        const isSame = asked.join('.') === allowed.join('.');
        const isBelow = asked.length > allowed.length && asked.slice(-allowed.length).join('.') === allowed.join('.');
        expect(isDomainAllowed(stored, asked.join('.'))).toBe(isSame || (isWildcard && isBelow));
      }),
      { numRuns: 2_000 },
    );
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import { isKnownError } from '../../src/contract/errors.ts';
import { attemptCookiesBytesMax, attemptsPerBrowserMax } from '../../src/contract/limits.ts';
import { onlyCookie, readCookies } from '../../src/http/cookies.ts';
import { attemptCookieName } from '../../src/login/attempt.ts';
import { attemptCookiesToDrop } from '../../src/login/attempt-cookies.ts';
import { checkReturnTo } from '../../src/login/return-to.ts';
import { parseAuthorizationResponse } from '../../src/oidc/callback/authorization-response.ts';
import { discoveryAddress } from '../../src/oidc/discovery/discovery-address.ts';
import { createOutboundPolicy } from '../../src/outbound/outbound-policy.ts';
import { anyText, privateAddress } from './hostile-values.ts';

const site = 'https://sso.acme.example';

describe('any Cookie header', () => {
  const name = fc.constantFrom('jid', '__Host-jid', ' jid', 'jid ', '', '__proto__', 'sallyport_attempt_000000000_x');
  const header = fc.oneof(
    anyText,
    fc.array(fc.tuple(name, anyText), { maxLength: 12 }).map((pairs) => pairs.map((pair) => pair.join('=')).join('; ')),
  );

  it('yields a value only for a name that occurs once', () => {
    fc.assert(
      fc.property(header, (text) => {
        const pairs = text.split(';').filter((pair) => pair.includes('='));
        const named = pairs.filter((pair) => pair.slice(0, pair.indexOf('=')).trim() === 'jid');
        const [only] = named;
        expect(onlyCookie(text, 'jid')).toBe(
          named.length === 1 ? only?.slice(only.indexOf('=') + 1).trim() : undefined,
        );
        expect([...readCookies(text).values()].flat()).toHaveLength(pairs.length);
      }),
      { numRuns: 2_000 },
    );
  });

  it('drops the oldest sign-in attempts, and no more than a new one needs', () => {
    let dropping = 0;
    const prefix = 'sallyport_attempt_';
    const attemptName = fc.stringMatching(/^[0-9a-z]{9}_[\w-]{43}$/).map((rest) => `${prefix}${rest}`);
    const value = fc.nat({ max: 2_500 }).map((length) => 'v'.repeat(length));
    const attempts = fc.uniqueArray(fc.tuple(attemptName, value), { selector: ([key]) => key, maxLength: 9 });
    fc.assert(
      fc.property(attempts, header, fc.integer({ min: 1, max: 2_500 }), (pairs, others, newBytes) => {
        const cookies = readCookies([...pairs.map((pair) => pair.join('=')), others].join('; '));
        const dropped = attemptCookiesToDrop(cookies, { prefix, newBytes });
        const names = [...cookies.keys()].filter((key) => key.startsWith(prefix)).toSorted();
        const sizeOf = (key: string) =>
          (cookies.get(key) ?? []).reduce((sum, text) => sum + `${key}=${text}; `.length, 0);
        const fits = (kept: readonly string[]) =>
          kept.length < attemptsPerBrowserMax &&
          kept.reduce((sum, key) => sum + sizeOf(key), newBytes) <= attemptCookiesBytesMax;
        const kept = names.slice(dropped.length);

        expect(dropped).toEqual(names.slice(0, dropped.length));
        expect(kept.length === 0 || fits(kept)).toBe(true);
        if (dropped.length > 0) {
          dropping += 1;
          expect(fits(names.slice(dropped.length - 1))).toBe(false);
        }
      }),
      { numRuns: 1_000 },
    );
    expect(dropping).toBeGreaterThan(100);
  });
});

it('H272: any state is rejected, or yields a cookie name that cannot break a header', () => {
  fc.assert(
    fc.property(fc.oneof(anyText, fc.stringMatching(/^[0-9a-z]{9}-[\w-]{43}\n?$/)), (state) => {
      const name = attemptCookieName(state);
      if (name !== undefined) expect(name).toMatch(/^sallyport_attempt_[\w-]+$/);
    }),
    { numRuns: 2_000, examples: [[`${'0'.repeat(9)}-${'a'.repeat(43)}\n`]] },
  );
});

it('any callback query is rejected with a code, or has our state once and exactly one of code and error', () => {
  const key = fc.constantFrom(
    'state',
    'code',
    'iss',
    'error',
    'error_description',
    'state[]',
    'response',
    'id_token',
    'x',
  );
  const query = fc.array(fc.tuple(key, fc.oneof(anyText, fc.constant('the-state'))), { maxLength: 7 });
  fc.assert(
    fc.property(query, (pairs) => {
      const url = new URL(`${site}/callback`);
      for (const [name, value] of pairs) url.searchParams.append(name, value);
      let checked;
      try {
        checked = parseAuthorizationResponse(url, 'the-state');
      } catch (error) {
        if (!isKnownError(error)) throw error;
        expect(error.code).toBe('callback_malformed');
        return;
      }
      expect(pairs.filter(([name]) => name === 'state')).toEqual([['state', 'the-state']]);
      expect(pairs.every(([name]) => !['response', 'id_token', 'state[]'].includes(name))).toBe(true);
      expect((checked.code === undefined) !== (checked.error === undefined)).toBe(true);
    }),
    {
      numRuns: 3_000,
      examples: [
        [
          [
            ['state', 'the-state'],
            ['code', 'c'],
          ],
        ],
      ],
    },
  );
});

it('H272: any returnTo is rejected, or resolves to this site or an allowed web origin as browsers parse it', () => {
  const pieces = fc.constantFrom(
    '/',
    '\\',
    '//',
    'https:',
    'javascript:',
    '@',
    'evil.example',
    'app.acme.example',
    '\t',
    '\n',
    '%2f',
    '.',
    '?',
    '#',
    'a',
  );
  const text = fc.oneof(
    anyText,
    fc.array(pieces, { maxLength: 7 }).map((parts) => parts.join('')),
  );
  const allowed = 'https://app.acme.example';
  fc.assert(
    fc.property(text, (returnTo) => {
      const target = checkReturnTo(returnTo, { site, allowedOrigins: [allowed] });
      if (target === undefined) return;
      expect([site, allowed]).toContain(new URL(target, site).origin);
      expect(target).not.toMatch(/[\0-\x1f\x7f]|^[^?#]*\\/);
    }),
    {
      numRuns: 5_000,
      examples: [['//evil.example'], ['/\\evil.example'], ['https:evil.example'], ['/\t/evil.example']],
    },
  );
});

describe('any URL that a tenant enters', () => {
  const hosts = fc.oneof(
    fc.ipV4(),
    fc.ipV4Extended(),
    fc.ipV6().map((address) => `[${address}]`),
    fc.domain(),
    fc.constantFrom(
      'localhost',
      'a.localhost',
      'metadata.google.internal',
      '１２７.0.0.1',
      '[::ffff:10.0.0.1]',
      '[64:ff9b::7f00:1]',
      '0',
      '127.1',
    ),
  );
  const url = fc.oneof(
    anyText,
    fc.webUrl({ withFragments: true, withQueryParameters: true }),
    fc
      .tuple(
        fc.constantFrom('https://', 'http://', 'https:\\\\', 'ftp://'),
        fc.constantFrom('', 'u@', 'u:p@'),
        hosts,
        fc.constantFrom('', ':443', ':22', ':8443', '.'),
      )
      .map((parts) => `${parts.join('')}/x`),
  );

  it('is rejected, or is https to port 443 of a host that is neither private nor local', () => {
    const policy = createOutboundPolicy([]);
    fc.assert(
      fc.property(url, (text) => {
        const verdict = policy.checkUrl(text);
        if (!verdict.ok) return;
        const { protocol, port, username, password, hash, hostname } = verdict.url;
        expect([protocol, port, username, password, hash]).toEqual(['https:', '', '', '', '']);
        expect(hostname).not.toMatch(privateAddress);
        expect(hostname).not.toMatch(/(?:^|\.)(?:localhost|local|internal)\.?$/);
      }),
      { numRuns: 5_000 },
    );
  });

  it('yields no discovery URL, or one below the entered URL with the issuers that fit it', () => {
    fc.assert(
      fc.property(url, (text) => {
        const address = discoveryAddress(text);
        if (address === undefined) return;
        expect(address.documentUrl).toContain('/.well-known/openid-configuration');
        expect(address.issuers.length).toBeGreaterThan(0);
        for (const issuer of address.issuers) expect(new URL(address.documentUrl).origin).toBe(new URL(issuer).origin);
      }),
      { numRuns: 2_000 },
    );
  });
});

import { describe, expect, it } from 'vitest';

import { isReservedParameter } from '../../src/contract/authorization-parameters.ts';
import { parseDomainName } from '../../src/contract/domain-name.ts';
import { parseEmailAddress } from '../../src/contract/email-address.ts';
import { appError } from '../../src/contract/errors.ts';
import { isCleanText } from '../../src/contract/text.ts';
import { judge } from '../../src/domains/rules.ts';
import { hashBreakGlassCode } from '../../src/access/enforcement/break-glass-code.ts';
import { readCookies } from '../../src/http/cookies.ts';
import { html, toMarkup } from '../../src/http/html.ts';
import { networksOf } from '../../src/http/client-networks.ts';
import { failureFacts } from '../../src/login-attempts/failure-facts.ts';
import { attemptCookieName } from '../../src/login/attempt.ts';
import { checkReturnTo } from '../../src/login/return-to.ts';
import { parseAddress } from '../../src/outbound/address-class.ts';
import { parseJsonObject } from '../../src/oidc/bounded-json.ts';
import { retryAfterMs } from '../../src/outbound/circuit-breaker.ts';
import { parseCompactJws } from '../../src/oidc/callback/compact-jws.ts';
import { discoveryAddress } from '../../src/oidc/discovery/discovery-address.ts';
import { readGroups } from '../../src/oidc/identity/groups-claim.ts';
import { readJwkSet } from '../../src/oidc/discovery/jwk-set.ts';
import { createOutboundPolicy } from '../../src/outbound/outbound-policy.ts';
import { readFullName } from '../../src/oidc/identity/full-name.ts';
import { explainError } from '../../src/oidc/profiles/explain-error.ts';
import { generic } from '../../src/oidc/profiles/generic.ts';
import { recogniseProfile } from '../../src/oidc/profiles/recognise-profile.ts';
import { findUnmetClaim } from '../../src/oidc/identity/required-claims.ts';
import { upstreamText } from '../../src/oidc/upstream-text.ts';
import { findParameterFaults } from '../../src/connections/check-parameters.ts';
import { isDomainAllowed, parseAllowedEmailDomains } from '../../src/connections/email-domains.ts';
import { parseRefreshToken } from '../../src/sessions/refresh-token.ts';

/** Longer than any input that reaches most of these functions; quadratic code takes minutes for it. */
const length = 200_000;
const row = (text: string) => text.repeat(Math.ceil(length / text.length));

const texts: Readonly<Record<string, string>> = {
  letters: row('a'),
  'blanks between letters': `a${row(' ')}b`,
  'blanks before a letter': `${row(' ')}x`,
  tabs: `${row('\t')}x`,
  labels: `${row('a.')}!`,
  'equal signs': row('='),
  'at signs': row('@'),
  addresses: row('a@'),
  hyphens: `${row('-')}!`,
  'letters and hyphens': row('a-'),
  backslashes: `${row('\\')}"`,
  'escaped letters': `${row(String.raw`\41`)}"`,
  commas: `${row(',')}x`,
  lists: row('a,'),
  cookies: row('a=;'),
  slashes: row('/'),
  quotes: `${row('"')}x`,
  brackets: row('['),
  parentheses: row('('),
  templates: row('{tenantid}'),
  colons: row('0:'),
  digits: row('9'),
  'encoded letters': row('%41'),
  'labels of punycode': row('xn--a.'),
  accents: row('\u0301'),
  emoji: row('\u{1f600}'),
  'lone surrogates': row('\ud800'),
  'question marks': `${row('?')}\n`,
  'long words': row(`${'a'.repeat(39)} `),
};

const policy = createOutboundPolicy([]);
const groups = { groupsClaim: '', groupsDelimiter: ';' } as const;
const domain = parseDomainName('acme.example');
if (!domain.ok) throw new Error('it is a domain');

/** Functions that read untrusted text: from providers, browsers and callers, and from a tenant's admin. */
const readers: Readonly<Record<string, (text: string) => unknown>> = {
  'an address': parseEmailAddress,
  'a domain': parseDomainName,
  'a text of a request': isCleanText,
  'a discovery URL': discoveryAddress,
  'a URL to call': (text) => [policy.checkUrl(text), policy.checkUrl(`https://${text}`)],
  'an IP address': parseAddress,
  'the address of a client': networksOf,
  'allowed domains': (text) => [parseAllowedEmailDomains(text), isDomainAllowed(text, domain.domain)],
  'a signed token': (text) => [parseCompactJws(text), parseCompactJws(`${text}.${text}.${text}`)],
  'a JSON document': (text) => [text, JSON.stringify({ text })].map((json) => parseJsonObject(Buffer.from(json))),
  'a key': (text) =>
    readJwkSet(
      { keys: [{ kty: 'RSA', n: text, e: text, kid: text, issuer: `${text}{tenantid}${text}` }] },
      text + text,
    ),
  groups: (text) => readGroups({ groups: text }, { ...groups, groupsFormat: 'automatic' }),
  'groups in one text': (text) => readGroups({ groups: text }, { ...groups, groupsFormat: 'delimited' }),
  'LDAP names': (text) =>
    ['', 'CN=', 'CN=x'].map((start) =>
      readGroups({ groups: start + text }, { ...groups, groupsFormat: 'distinguished-names' }),
    ),
  'groups in brackets': (text) =>
    [text, `[${text}]`].map((written) => readGroups({ groups: written }, { ...groups, groupsFormat: 'bracketed' })),
  'groups in JSON': (text) =>
    [text, `[${text}]`, JSON.stringify([text])].map((written) =>
      readGroups({ groups: written }, { ...groups, groupsFormat: 'json' }),
    ),
  'a required claim': (text) =>
    findUnmetClaim({ groups: [text, text], hd: text }, { groups: { contains: `${text}x` }, hd: { oneOf: [text] } }),
  'a fixed parameter': (text) => [isReservedParameter(text), findParameterFaults({ [text]: text })],
  'a name': (text) =>
    readFullName({ given_name: text, family_name: text, name: text }, 'x', { firstNameClaim: '', lastNameClaim: '' }),
  "a provider's own words": (text) => upstreamText(text, ['a', 'a secret']),
  'what a record keeps': (text) =>
    failureFacts(
      appError('idp_error', { meta: { step: 'callback', pkce: 'listed', error: text, errorDescription: text } }),
    ),
  'what an error means': (text) => explainError(generic, { error: text, errorDescription: text }),
  'the kind of a provider': (text) => [
    recogniseProfile({ issuer: `https://idp.example/${text}`, tokenEndpoint: `https://idp.example/${text}` }),
    recogniseProfile({ issuer: `https://${text}` }),
  ],
  'how long to wait': (text) => retryAfterMs(text, 0),
  'a TXT record': (text) => judge({ kind: 'records', values: [text] }, 'x'),
  cookies: readCookies,
  'a state': attemptCookieName,
  'a refresh token': parseRefreshToken,
  'where to return to': (text) => checkReturnTo(text, { site: 'https://sso.example', allowedOrigins: [] }),
  'a break-glass code': (text) => hashBreakGlassCode(text, { organizationId: 'a', userId: 'b' }),
  'a text on a page': (text) => toMarkup(html`<p>${text}</p>`),
};

describe.each(Object.entries(readers))('H241: %s', (_what, read) => {
  it.each(Object.entries(texts))('of 200,000 %s is read or rejected', (_name, text) => {
    expect(() => read(text)).not.toThrow();
  });
});

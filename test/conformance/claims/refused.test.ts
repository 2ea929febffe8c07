import { describe, it } from 'vitest';

import type { ErrorCode } from '../../../src/contract/errors.ts';
import type { Claims } from '../../support/faulty-idp.ts';
import { type OrganizationOptions, useLoginScene } from '../../support/login-scene.ts';
import { expectHeld } from '../hostile-scene.ts';

const nowSeconds = Date.parse('2026-11-24T08:00:00Z') / 1000;
const client = 'sallyport-client';

/** The valid claims with some replaced; `undefined` removes one. */
const claims = (change: Claims | ((good: Claims) => Claims)): OrganizationOptions => ({
  idp: {
    mutate: {
      idTokenClaims: (good) => {
        const merged = { ...good, ...(typeof change === 'function' ? change(good) : change) };
        return Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== undefined));
      },
    },
  },
});
const issuer = (change: (good: string) => unknown): OrganizationOptions =>
  claims(({ iss }) => ({ iss: change(String(iss)) }));
const nonce = (change: (good: string) => unknown): OrganizationOptions =>
  claims((good) => ({ nonce: change(String(good['nonce'])) }));

type Case = readonly [title: string, code: ErrorCode, options: OrganizationOptions];

const cases: readonly Case[] = [
  ['H074: no iss', 'id_token_invalid', issuer(() => undefined)],
  ['H074: iss with a slash more', 'id_token_invalid', issuer((iss) => `${iss}/`)],
  ['H074: iss in other case', 'id_token_invalid', issuer((iss) => iss.toUpperCase())],
  ['H074: iss percent-encoded', 'id_token_invalid', issuer((iss) => iss.replace('127', '%3127'))],
  ['H074: iss in a list', 'id_token_invalid', issuer((iss) => [iss])],
  ['H076: a literal {tenantid}', 'id_token_invalid', issuer((iss) => `${iss}/{tenantid}/v2.0`)],
  ['H077: no aud', 'id_token_invalid', claims({ aud: undefined })],
  ['H077: aud of another client', 'id_token_invalid', claims({ aud: 'other' })],
  ['H077: aud that is a prefix', 'id_token_invalid', claims({ aud: client.slice(0, -1) })],
  ['H077: no audience in the list', 'id_token_invalid', claims({ aud: [] })],
  ['H077: 17 audiences', 'id_token_invalid', claims({ aud: Array.from({ length: 17 }, () => client) })],
  ['H077: 10,000 audiences', 'idp_response_invalid', claims({ aud: Array.from({ length: 10_000 }, () => client) })],
  ['H078: aud as a list of others', 'id_token_invalid', claims({ aud: ['other'] })],
  ['H079: a second audience without azp', 'id_token_invalid', claims({ aud: [client, 'other'] })],
  ['H079: a second audience with azp', 'id_token_invalid', claims({ aud: [client, 'other'], azp: client })],
  ['H080: azp of another client', 'id_token_invalid', claims({ aud: client, azp: 'other' })],
  ['H081: no exp', 'id_token_invalid', claims({ exp: undefined })],
  ['H081: exp as text', 'id_token_invalid', claims({ exp: String(nowSeconds + 300) })],
  ['H081: exp beyond counting', 'id_token_invalid', claims({ exp: 1e308 })],
  ['H082: exp a minute ago', 'id_token_not_current', claims({ exp: nowSeconds - 61 })],
  ['H082: nbf in more than a minute', 'id_token_not_current', claims({ nbf: nowSeconds + 61 })],
  ['H083: no iat', 'id_token_invalid', claims({ iat: undefined })],
  ['H083: iat in more than a minute', 'id_token_not_current', claims({ iat: nowSeconds + 61 })],
  ['H083: iat ten minutes ago', 'id_token_not_current', claims({ iat: nowSeconds - 601 })],
  ['H085: auth_time as text', 'id_token_invalid', claims({ auth_time: 'yesterday' })],
  ['H087: no nonce', 'id_token_invalid', nonce(() => undefined)],
  ['H087: nonce with one more character', 'id_token_invalid', nonce((good) => `${good}1`)],
  ['H087: nonce in a list', 'id_token_invalid', nonce((good) => [good])],
  ['H089: an at_hash that is wrong', 'id_token_invalid', claims({ at_hash: 'AAAAAAAAAAAAAAAAAAAAAA' })],
  ['H090: a c_hash that is wrong', 'id_token_invalid', claims({ c_hash: 'AAAAAAAAAAAAAAAAAAAAAA' })],
  ['H090: an s_hash that is wrong', 'id_token_invalid', claims({ s_hash: 'AAAAAAAAAAAAAAAAAAAAAA' })],
  ['H091: no sub', 'subject_invalid', claims({ sub: undefined })],
  ['H091: an empty sub', 'subject_invalid', claims({ sub: '' })],
  ['H091: a sub of blanks', 'subject_invalid', claims({ sub: '  ' })],
  ['H091: a sub that is a number', 'subject_invalid', claims({ sub: 7 })],
  ['H091: a sub that is null', 'subject_invalid', claims({ sub: null })],
  ['H092: a sub of 256 characters', 'subject_invalid', claims({ sub: 's'.repeat(256) })],
  ['H092: a sub with NUL', 'subject_invalid', claims({ sub: 'a\0b' })],
  ['H092: a sub with a lone surrogate', 'subject_invalid', claims({ sub: 'a\ud800b' })],
  ['H092: a sub with a bidirectional mark', 'subject_invalid', claims({ sub: 'a\u202eb' })],
  [
    'H094: an access token for an ID token',
    'id_token_invalid',
    { idp: { mutate: { idTokenHeader: { typ: 'at+jwt' } } } },
  ],
  [
    'H094: a logout token for an ID token',
    'id_token_invalid',
    claims({ events: { 'http://schemas.openid.net/event/backchannel-logout': {} } }),
  ],
];

describe('a hostile claim', () => {
  const scene = useLoginScene('sqlite');

  it.each(cases)('%s', async (_title, code, options) => {
    await expectHeld(scene, code, options);
  });
});

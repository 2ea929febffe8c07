import { describe, expect, it } from 'vitest';

import type { ErrorCode } from '../../src/contract/errors.ts';
import { type OrganizationOptions, useLoginScene } from '../support/login-scene.ts';
import { configUrl } from '../support/oidc-config-body.ts';
import { expectUntouched, readEverything } from '../support/stored-rows.ts';
import { expectAdmitted, expectHeld, expectSignedIn } from './hostile-scene.ts';

/** A provider that asserts an address, and an organization that allows the listed domains. */
const asserting = (email: unknown, allowedEmailDomains = 'acme.example'): OrganizationOptions => ({
  config: { allowedEmailDomains },
  idp: { claims: { sub: 'subject-1', email, given_name: 'Alice' } },
});

type Case = readonly [title: string, code: ErrorCode, options: OrganizationOptions];

const refused: readonly Case[] = [
  ['H152: a domain that ends like an allowed one', 'email_domain_not_allowed', asserting('evil@notacme.example')],
  ['H153: an allowed domain in the middle', 'email_domain_not_allowed', asserting('evil@acme.example.evil.example')],
  [
    'H153: a wildcard in the middle',
    'email_domain_not_allowed',
    asserting('evil@x.acme.example.evil.example', '*.acme.example'),
  ],
  ['H154: two at signs, the allowed domain last', 'email_invalid', asserting('a@b@acme.example')],
  ['H154: two at signs, the allowed domain first', 'email_invalid', asserting('a@acme.example@evil.example')],
  ['H155: a quoted local part', 'email_invalid', asserting('"a@evil.example"@acme.example')],
  ['H156: an encoded word', 'email_invalid', asserting('=?utf-8?q?x=40evil.example=3E?=@acme.example')],
  ['H157: angle brackets', 'email_invalid', asserting('<u@evil.example>u@acme.example')],
  ['H157: a comment', 'email_invalid', asserting('u@acme.example (x@evil.example)')],
  ['H157: a list', 'email_invalid', asserting('u@acme.example,v@evil.example')],
  ['H158: a line break before the allowed domain', 'email_invalid', asserting('evil@evil.example\n@acme.example')],
  ['H158: a NUL', 'email_invalid', asserting('alice\0@acme.example')],
  ['H158: a blank before', 'email_invalid', asserting(' alice@acme.example')],
  ['H158: a line break after', 'email_invalid', asserting('alice@acme.example\n')],
  ['H159: a dot at the end', 'email_invalid', asserting('alice@acme.example.')],
  ['H159: no local part', 'email_invalid', asserting('@acme.example')],
  ['H159: no domain', 'email_invalid', asserting('alice@')],
  ['H160: an address literal', 'email_invalid', asserting('alice@[192.0.2.1]', '')],
  ['H160: a single label', 'email_invalid', asserting('alice@localhost', '')],
  ['H161: a subdomain of an exact entry', 'email_domain_not_allowed', asserting('alice@sub.acme.example')],
  ['H165: a look-alike in another script', 'email_domain_not_allowed', asserting('alice@аcme.example')],
  ['H166: full-width letters', 'email_invalid', asserting('alice@ａｃｍｅ.example')],
  ['H166: an ideographic full stop', 'email_invalid', asserting('alice@acme。example')],
  ['H166: a soft hyphen', 'email_invalid', asserting('alice@ac\u00adme.example')],
  ['H166: the Kelvin sign', 'email_invalid', asserting('alice@\u212aacme.example')],
  ['H167: invalid punycode', 'email_invalid', asserting('alice@xn--a.example', '')],
  ['H168: a path after the domain', 'email_invalid', asserting('alice@acme.example/x')],
  ['H170: a dotted capital I', 'email_invalid', asserting('al\u0130ce@acme.example')],
  ['H170: a sharp s', 'email_invalid', asserting('stra\u00dfe@acme.example')],
  ['H171: no address', 'email_missing', asserting(undefined)],
  ['H171: null', 'email_missing', asserting(null)],
  ['H171: a list of two addresses', 'email_invalid', asserting(['alice@acme.example', 'bob@acme.example'])],
  ['H171: a list in a list', 'email_invalid', asserting([['alice@acme.example']])],
  ['H171: an object', 'email_invalid', asserting({ value: 'alice@acme.example' })],
  ['H171: 10,000 characters', 'email_invalid', asserting(`${'a'.repeat(10_000)}@acme.example`)],
];

const admitted: readonly (readonly [title: string, options: OrganizationOptions])[] = [
  ['H161: a subdomain of a wildcard', asserting('alice@sub.acme.example', '*.acme.example')],
  [
    'H163: entries with at signs, capitals and blanks',
    asserting('alice@acme.example', ' @ACME.example , ,other.example'),
  ],
  ['H164: any domain where none is listed', asserting('alice@anywhere.example', '')],
];

describe('an e-mail address from an identity provider', () => {
  const scene = useLoginScene('sqlite');

  it.each(refused)('%s', async (_title, code, options) => {
    await expectHeld(scene, code, options);
  });

  it.each(admitted)('%s', async (_title, options) => {
    await expectAdmitted(scene, options);
  });

  it.each(['*', '*.', '*.com', '*.co.uk', '*acme.example', 'ac*me.example', 'acme', '10.0.0.1'])(
    'H162: does not store the domain list %j',
    async (allowedEmailDomains) => {
      const organization = await expectAdmitted(scene, asserting('alice@acme.example'));
      const before = await readEverything(scene.server.database);
      const { status, body } = await scene.changeConfig(organization, { allowedEmailDomains });
      expect(status).toBe(422);
      expect(body.details).toMatchObject([{ path: 'allowedEmailDomains' }]);
      await expectUntouched(scene.server.database, before);
    },
  );

  it('H163: does not store a list of 10,000 domains', async () => {
    const organization = await expectAdmitted(scene, asserting('alice@acme.example'));
    const allowedEmailDomains = Array.from({ length: 10_000 }, (_, index) => `d${index}.example`).join(',');
    expect((await scene.changeConfig(organization, { allowedEmailDomains })).status).toBe(422);
    const { token } = scene.boot;
    const { body } = await scene.server.call(`${configUrl}?organizationId=${organization.id}`, { token });
    expect(body.allowedEmailDomains).toBe('acme.example');
  });

  it('H169: ignores case in an address, but not dots and tags', async () => {
    const organization = await scene.addOrganization(asserting('Alice@acme.example'));
    const assertAddress = async (sub: string, email: string) => {
      organization.idp.setClaims({ sub, email, given_name: 'Alice' });
      await expectSignedIn(scene, organization);
    };
    await assertAddress('subject-1', 'Alice@acme.example');
    await assertAddress('subject-1', 'alice@ACME.example');
    await assertAddress('subject-2', 'a.lice@acme.example');
    await assertAddress('subject-3', 'alice+tag@acme.example');
    const keys = scene.server.database.db
      .selectFrom('memberships')
      .select('email_key')
      .where('organization_id', '=', organization.id)
      .orderBy('email_key');
    expect((await keys.execute()).map((row) => row.email_key)).toEqual([
      'a.lice@acme.example',
      'alice+tag@acme.example',
      'alice@acme.example',
    ]);
  });
});

import { describe, expect, it } from 'vitest';

import { groupNames } from './groups-format.ts';

const read = (groupsFormat: 'delimited' | 'object-keys' | 'distinguished-names' | 'automatic', claim: unknown) =>
  groupNames(claim, { groupsFormat, groupsDelimiter: ';' });

describe('delimited groups', () => {
  it.each([
    ['one string', 'Sales; Support ;IT', ['Sales', 'Support', 'IT']],
    ['strings in a list', ['Sales;IT', 'Support'], ['Sales', 'IT', 'Support']],
    ['one group', 'Sales', ['Sales']],
    ['an empty list', [], []],
    ['a number', 7, undefined],
    ['a list with a number', ['Sales', 7], undefined],
    ['an object', { Sales: 1 }, undefined],
  ])('%s', (_what, claim, names) => {
    expect(read('delimited', claim)).toEqual(names);
  });
});

describe('groups as the keys of an object', () => {
  it.each([
    ['two roles', { admin: { '1': 'acme.zitadel.cloud' }, user: {} }, ['admin', 'user']],
    ['none', {}, []],
    [
      'a key that is a property of every object',
      JSON.parse('{"__proto__": {}, "constructor": {}}'),
      ['__proto__', 'constructor'],
    ],
    ['a list', ['admin'], undefined],
    ['a text', 'admin', undefined],
    ['null', null, undefined],
  ])('%s', (_what, claim, names) => {
    expect(read('object-keys', claim)).toEqual(names);
  });
});

describe('groups as LDAP names', () => {
  it.each([
    ['CN=Sales,OU=Groups,DC=acme,DC=com', 'Sales'],
    ['cn=Sales', 'Sales'],
    ['CN = Sales Team , OU=Groups', 'Sales Team'],
    ['2.5.4.3=Sales', 'Sales'],
    ['OU=Sales+UID=7,DC=acme', 'Sales'],
    [String.raw`CN=Smith\, Jones & Co,OU=Groups`, 'Smith, Jones & Co'],
    [String.raw`CN=Caf\C3\A9,OU=Groups`, 'Café'],
    [String.raw`CN=C\2B\+,OU=Groups`, 'C++'],
    [String.raw`CN=back\\slash`, String.raw`back\slash`],
    [String.raw`CN=trailing\ ,OU=Groups`, 'trailing '],
    [String.raw`CN=trailing\   ,OU=Groups`, 'trailing '],
    ['CN=two  words  ,OU=Groups', 'two  words'],
    ['CN=Über uns,OU=x', 'Über uns'],
    ['CN=#04024869', undefined],
    ['CN=', undefined],
    ['Sales', undefined],
    ['CN="quoted",OU=x', undefined],
    ['CN=broken\\', undefined],
    ['', undefined],
  ])('%s', (claim, name) => {
    expect(read('distinguished-names', [claim])).toEqual(name === undefined ? undefined : [name]);
  });

  it('are read in time linear in their length', () => {
    const names = [
      `CN=${' '.repeat(1_000_000)}"`,
      `CN=${'a '.repeat(500_000)}"`,
      `CN=${String.raw`\20`.repeat(300_000)}"`,
    ];
    // Anything slower than linear would take minutes here and run into the time limit of the test.
    for (const name of names) expect(read('distinguished-names', name)).toBeUndefined();
    const row = `a${' '.repeat(1_000_000)}b`;
    expect(read('distinguished-names', `CN=${row}  `)).toEqual([row]);
  });
});

describe('groups in the usual format', () => {
  it.each([
    ['a text', 'Sales; IT', ['Sales; IT']],
    ['a list', ['/Sales', 'IT'], ['/Sales', 'IT']],
    ['an object', { Sales: 1 }, undefined],
  ])('%s', (_what, claim, names) => {
    expect(read('automatic', claim)).toEqual(names);
  });
});

import { expect, it } from 'vitest';

import { discoveryAddress } from './discovery-address.ts';

const suffix = '/.well-known/openid-configuration';

it.each([
  ['https://idp.example', `https://idp.example${suffix}`, ['https://idp.example']],
  ['https://idp.example/', `https://idp.example${suffix}`, ['https://idp.example/']],
  ['https://idp.example/realms/a', `https://idp.example/realms/a${suffix}`, ['https://idp.example/realms/a']],
  [
    `https://idp.example/o${suffix}/`,
    `https://idp.example/o${suffix}/`,
    ['https://idp.example/o', 'https://idp.example/o/'],
  ],
  [`https://idp.example${suffix}`, `https://idp.example${suffix}`, ['https://idp.example', 'https://idp.example/']],
  [
    `https://idp.example/t/v2.0${suffix}?appid=1`,
    `https://idp.example/t/v2.0${suffix}?appid=1`,
    ['https://idp.example/t/v2.0', 'https://idp.example/t/v2.0/'],
  ],
])('finds the document of %s at %s, with the issuers %j', (typed, documentUrl, issuers) => {
  expect(discoveryAddress(typed)).toEqual({ documentUrl, issuers });
});

it.each([
  'idp.example',
  '',
  'https://idp.example/.well-known/oauth-authorization-server',
  'https://idp.example/.well-known/openid-configuration/tenant',
  'https://idp.example/.well-known/openid-configuration//',
  'https://idp.example/?tenant=1',
])('rejects %j, which is not the address of a document', (typed) => {
  expect(discoveryAddress(typed)).toBeUndefined();
});

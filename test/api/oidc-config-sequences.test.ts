import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';

import { connectionOptionDefaults } from '../../src/contract/connection-option-defaults.ts';
import {
  absentGroupsMeanings,
  clientAssertionAlgorithms,
  clientAssertionAudiences,
  clientAssertionKeyNames,
  groupNameMatchings,
  groupsFormats,
  groupsSources,
  promptValues,
  tokenEndpointAuthMethods,
  userinfoAlgorithms,
  userinfoUses,
} from '../../src/contract/connection-option-values.ts';
import type { ConnectionOptions } from '../../src/contract/connection-options.ts';
import { addOrganization } from '../support/callers.ts';
import { engines } from '../support/databases.ts';
import { configUrl, customConfig, discoveryConfig } from '../support/oidc-config-body.ts';
import { useServer } from '../support/server.ts';
import { expectUntouched, readEverything } from '../support/stored-rows.ts';

/** Texts that are valid for one field, almost valid for another, and dangerous for a third. */
const texts = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.constantFrom('groups', 'email', 'upn', 'login', 'https://acme.example/x', ';', 'RS256', 'HS256'),
  },
  fc.string({ unit: 'binary', maxLength: 40 }),
  fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 12 }).map((units) => String.fromCharCode(...units)),
  fc.constantFrom(
    '',
    ' ',
    '\0',
    'a\nb',
    '\ud800',
    '\u202e',
    'x'.repeat(255),
    'x'.repeat(1025),
    'constructor',
    '__proto__',
    '%00',
  ),
);
const lists = fc.array(texts, { maxLength: 5 });
const claims = fc.oneof(texts, lists);
const rules = fc.record(
  { path: lists, equals: fc.oneof(texts, fc.boolean()), oneOf: lists, contains: texts, containsAll: lists },
  { requiredKeys: [] },
);
const records = fc.dictionary(texts, fc.oneof(texts, fc.boolean(), rules), { maxKeys: 4 });
const numbers = fc.constantFrom(-2, -1, 0, 1, 60, 300, 301, 31_536_000, 31_536_001, 1.5, 1e21);
const odd = fc.oneof(fc.jsonValue({ maxDepth: 2 }), texts, lists, records, numbers);

/** Values of the correct type for each option, so that the rules between options are reached. */
const fitting: { readonly [Name in keyof ConnectionOptions]: fc.Arbitrary<unknown> } = {
  scopes: lists,
  additionalScopes: lists,
  emailClaims: fc.array(claims, { maxLength: 3 }),
  firstNameClaim: claims,
  lastNameClaim: claims,
  groupsClaim: claims,
  groupsSource: fc.constantFrom(...groupsSources),
  groupsFormat: fc.constantFrom(...groupsFormats),
  groupsDelimiter: fc.constantFrom('', ';', ', ', '\n', ' ', ';'.repeat(9)),
  absentGroupsClaim: fc.constantFrom(...absentGroupsMeanings),
  groupNameMatching: fc.constantFrom(...groupNameMatchings),
  tokenEndpointAuthMethod: fc.constantFrom(...tokenEndpointAuthMethods),
  clientAssertionAlgorithm: fc.constantFrom(...clientAssertionAlgorithms),
  clientAssertionKeyName: fc.constantFrom(...clientAssertionKeyNames),
  clientAssertionAudience: fc.constantFrom(...clientAssertionAudiences),
  prompt: fc.subarray([...promptValues, 'none']).map((values) => values.join(' ')),
  maxAgeSeconds: numbers,
  acrValues: lists,
  clockToleranceSeconds: numbers,
  userinfo: fc.constantFrom(...userinfoUses),
  userinfoSignedResponseAlg: fc.constantFrom(...userinfoAlgorithms),
  trustedAudiences: lists,
  requiredClaims: records,
  authorizationParameters: fc.dictionary(fc.oneof(texts, fc.constantFrom('kc_idp_hint', 'state', 'State')), texts, {
    maxKeys: 3,
  }),
};
const otherFields = {
  isActive: fc.boolean(),
  clientId: texts,
  clientSecret: fc.constantFrom('a secret', '********', '', 's'.repeat(31), 's'.repeat(4097), 'é'.repeat(16)),
  jwtSignatureAlgorithm: fc.constantFrom('RS256', 'HS256', 'EdDSA', 'none'),
  configurationType: fc.constantFrom('custom', 'discoveryURL', 'both'),
  discoveryURL: fc.constantFrom('https://idp.acme.example', 'https://other.example/', 'http://10.0.0.1', ''),
  tokenEndpoint: fc.constantFrom('https://idp.acme.example/token', 'https://evil.example/token', ''),
  allowedEmailDomains: fc.constantFrom('acme.example', '*.com', '', 'a b'),
  manageGroupMemberships: fc.boolean(),
  endSessions: fc.boolean(),
};

const names = Object.keys(fitting) as (keyof ConnectionOptions)[];
const oneOption = fc
  .constantFrom(...names)
  .chain((name) => fc.oneof({ weight: 4, arbitrary: fitting[name] }, odd).map((value) => ({ [name]: value })));
const fields = fc
  .tuple(fc.array(oneOption, { maxLength: 4 }), fc.record(otherFields, { requiredKeys: [] }), fc.boolean())
  .map(([options, others, withOthers]) => Object.assign({}, ...options, withOthers ? others : {}) as object);

type Step = { readonly kind: 'POST' | 'PATCH'; readonly change: object } | { readonly kind: 'DELETE' | 'rotate' };
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fields.map((change): Step => ({ kind: 'PATCH', change })) },
  { weight: 3, arbitrary: fields.map((change): Step => ({ kind: 'POST', change })) },
  fc.constantFrom<Step>({ kind: 'DELETE' }, { kind: 'rotate' }),
);

describe.each(engines)("sequences of changes to a connection's options (%s)", (engine) => {
  let organizationId: string;

  const { server, boot } = useServer({ engine });
  beforeAll(async () => {
    organizationId = await addOrganization(server, boot);
  });

  const send = async (given: Step, body: object) => {
    const { token } = boot;
    const ownUrl = `${configUrl}?organizationId=${organizationId}`;
    if (given.kind === 'DELETE') return server.call(ownUrl, { method: 'DELETE', token });
    if (given.kind === 'rotate') return server.call(`${configUrl}/client-keys`, { token, json: { organizationId } });
    return server.call(configUrl, { method: given.kind, token, json: JSON.stringify(body) });
  };

  const bodyOf = (given: Step): object => {
    if (!('change' in given)) return {};
    const complete =
      given.kind === 'POST' ? { ...discoveryConfig(organizationId), ...customConfig(organizationId) } : {};
    return { ...complete, organizationId, ...given.change };
  };

  it('are each applied or rejected as a whole; a rejected change leaves every byte unchanged', async () => {
    const seen = { stored: 0, refused: 0 };
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 5 }), async (steps) => {
        for (const given of steps) {
          const before = await readEverything(server.database);
          const { status, body } = await send(given, bodyOf(given));
          if (status !== 200) {
            expect([given.kind, status]).toEqual([given.kind, expect.toBeOneOf([400, 404, 409, 422])]);
            expect([body.statusCode, typeof body.code, typeof body.reqId]).toEqual([status, 'string', 'string']);
            await expectUntouched(server.database, before);
            seen.refused += 1;
            continue;
          }
          seen.stored += 1;
          await expectWhole(given);
        }
      }),
      { numRuns: 100 },
    );
    // The property would also be true of a server that rejects everything.
    expect([seen.stored > 10, seen.refused > 10]).toEqual([true, true]);
  }, 120_000);

  /** Stored values are returned: every option is present, and those in the request are unchanged or normalized. */
  async function expectWhole(given: Step): Promise<void> {
    const { token } = boot;
    const read = await server.call(`${configUrl}/options?organizationId=${organizationId}`, { token });
    if (given.kind === 'DELETE') return expect(read.status).toBe(404);
    expect(read.status).toBe(200);
    const options: ConnectionOptions = read.body.options;
    expect(Object.keys(options).toSorted()).toEqual(Object.keys(connectionOptionDefaults).toSorted());
    if (!('change' in given)) return undefined;
    const sent = new Map(Object.entries(given.change));
    // A lost requirement could let a stranger sign in. These are never weaker than in the request.
    for (const name of ['requiredClaims', 'maxAgeSeconds', 'userinfo', 'tokenEndpointAuthMethod'] as const) {
      if (sent.has(name)) expect([name, options[name]]).toEqual([name, sent.get(name)]);
    }
    const wanted = sent.get('acrValues');
    if (Array.isArray(wanted)) expect(options.acrValues.length > 0).toBe(wanted.length > 0);
    return undefined;
  }
});

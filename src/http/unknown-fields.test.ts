import { describe, expect, it } from 'vitest';

import { apiRoutes } from '../contract/api.ts';
import { resemblingName } from './resembling-name.ts';
import { createValidators } from './validation.ts';

const known = ['requiredClaims', 'allowedEmailDomains', 'isActive', 'role', 'name', 'ttl', 'id'];

describe('an unknown field name', () => {
  it.each([
    ['requiredClaim', 'requiredClaims'],
    ['required_claims', 'requiredClaims'],
    ['REQUIREDCLAIMS', 'requiredClaims'],
    ['reqiuredClaims', 'requiredClaims'],
    ['allowedEmailDomain', 'allowedEmailDomains'],
    ['allowed-email-domains', 'allowedEmailDomains'],
    ['alowedEmailDomians', 'allowedEmailDomains'],
    ['active', 'isActive'],
    ['isActiv', 'isActive'],
    ['Role', 'role'],
    ['roles', 'role'],
    ['rloe', 'role'],
    ['nmae', 'name'],
    ['TTL', 'ttl'],
    ['tll', 'ttl'],
    ['ID', 'id'],
  ])('%s resembles %s', (name, expected) => {
    expect(resemblingName(name, known)).toBe(expected);
  });

  it.each(['roleId', 'userId', 'rule2', 'date', 'it', 'ids', 'claims', 'requiredGroups', '', 'x'.repeat(100_000)])(
    '%.20s resembles nothing',
    (name) => {
      expect(resemblingName(name, known)).toBeUndefined();
    },
  );
});

/** The fields of a part of a request or a response, on all levels. */
function fieldsOf(schema: unknown): Set<string> {
  const found = new Set<string>();
  const visit = (part: unknown): void => {
    if (typeof part !== 'object' || part === null) return;
    for (const name of Object.keys(Reflect.get(part, 'properties') ?? {})) found.add(name);
    Object.values(part).forEach(visit);
  };
  visit(schema);
  return found;
}

/**
 * Fields that clients of the published API send and this server does not know, from the published API reference and the
 * sources of its SDK, command line and Terraform provider.
 */
const sentByClients: Readonly<Record<string, readonly string[]>> = {
  startSignIn: ['prompt', 'isAdminLogin'],
  createOidcConfig: ['id', 'orgId', 'createdAt', 'updatedAt', 'lastUsed', 'orgSlug', 'type'],
  updateOidcConfig: ['id', 'orgId', 'createdAt', 'updatedAt', 'lastUsed', 'orgSlug', 'type'],
  updateOrganization: [
    'scimEnabled',
    'enforceMfa',
    'selectedMfaMethod',
    'allowSecretSharingOutsideOrganization',
    'googleSsoAuthEnforced',
    'googleSsoAuthLastUsed',
    'secretsProductEnabled',
    'pkiProductEnabled',
    'kmsProductEnabled',
    'sshProductEnabled',
    'scannerProductEnabled',
    'shareSecretsProductEnabled',
    'maxSharedSecretLifetime',
    'maxSharedSecretViewLimit',
    'blockDuplicateSecretSyncDestinations',
    'secretShareBrandConfig',
  ],
  createGroup: ['roleId', 'description'],
  updateGroup: ['roleId', 'description', 'id', 'orgId'],
  createIdentity: ['hasDeleteProtection', 'metadata', 'orgId'],
  updateIdentity: ['hasDeleteProtection', 'metadata', 'organizationId'],
  listIdentities: ['orderBy', 'orderDirection', 'includeNonOrg'],
  attachUniversalAuth: ['accessTokenPeriod', 'accessTokenType'],
  updateUniversalAuth: ['accessTokenPeriod', 'accessTokenType'],
  createClientSecret: ['environment', 'scopes'],
  loginWithUniversalAuth: ['organizationSlug', 'subOrganizationName'],
  loginWithPassword: ['providerAuthToken', 'captchaToken', 'clientPublicKey'],
  selectOrganization: ['userAgent'],
  updateMembership: ['metadata', 'status'],
  listAuditLogs: ['userAgentType', 'actor', 'projectId', 'environment', 'secretPath', 'secretKey', 'eventMetadata'],
  listGroupUsers: ['filter', 'filterUser'],
};

const parts = apiRoutes.flatMap((route) =>
  (['query', 'body'] as const).flatMap((part) =>
    route[part] === undefined ? [] : [{ title: `${route.operationId} ${part}`, route, part, schema: route[part] }],
  ),
);

/** Names of other parts of the API that this part takes for a misspelling. */
function collisions({ schema }: (typeof parts)[number], names: Iterable<string>): string[] {
  const own = fieldsOf(schema);
  return [...names].flatMap((name) => {
    const resembling = own.has(name) ? undefined : resemblingName(name, own);
    return resembling === undefined ? [] : [`${name} for ${resembling}`];
  });
}

describe('the known fields of the API', () => {
  it.each(parts.map((part) => [part.title, part] as const))('%s: accepts every field by its own name', (_, part) => {
    const { forBody, forQuery } = createValidators();
    const validate = (part.part === 'body' ? forBody : forQuery)(part.schema);
    const value = Object.fromEntries(
      Object.keys(Reflect.get(part.schema, 'properties') ?? {}).map((name) => [name, {}]),
    );
    expect(validate(value).filter(({ code }) => code === 'misspelled_field')).toEqual([]);
  });

  it('takes no field of the published API for a misspelling', () => {
    const refused = parts.flatMap((part) =>
      collisions(part, sentByClients[part.route.operationId] ?? []).map((text) => `${part.title}: ${text}`),
    );
    expect(refused).toEqual([]);
    const operations = new Set(apiRoutes.map(({ operationId }) => operationId));
    expect(Object.keys(sentByClients).filter((name) => !operations.has(name))).toEqual([]);
  });

  it('accepts the response of an endpoint as a request to it', () => {
    const answersAt = (url: string) =>
      apiRoutes.flatMap((route) => (route.method === 'GET' && route.url === url ? [...fieldsOf(route.response)] : []));
    const refused = parts
      .filter(({ part, route }) => part === 'body' && route.method !== 'DELETE')
      .flatMap((part) => collisions(part, answersAt(part.route.url)).map((text) => `${part.title}: ${text}`));
    // The list of permissions is not a permission: a caller who sends one of its fields means the other one.
    expect(refused).toEqual([
      'allowRelink body: issuers for issuer',
      'allowRelink body: membershipId for membershipIds',
    ]);
  });

  it('takes few names of other endpoints for a misspelling, all of them reviewed', () => {
    const all = new Set(parts.flatMap(({ schema }) => [...fieldsOf(schema)]));
    const found = new Set(parts.flatMap((part) => collisions(part, all)));
    expect([...found].toSorted()).toEqual([
      'eventType for eventTypes',
      'eventTypes for eventType',
      'groupIds for groups',
      'groups for groupIds',
      'organization for organizationId',
      'organization for organizations',
      'organizationId for organization',
      'organizationIds for organizationId',
      'organizations for organization',
      'organizations for organizationId',
      'scope for scopes',
      'scopes for scope',
    ]);
  });
});

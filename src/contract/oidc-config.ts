import { Type, type Static } from 'typebox';

import { signatureAlgorithms } from './algorithms.ts';
import { connectionOptionFields } from './connection-options.ts';
import { allowedEmailDomainsLengthMax, clientCredentialLengthMax, urlLengthMax } from './limits.ts';
import type { RouteContract } from './route.ts';
import { AnyIdentifier, Id } from './shapes.ts';
import { type RequiredUnless, requiredUnlessKeyword } from './required-unless.ts';
import { Text } from './text.ts';

/** Replaces a stored client secret in responses, and in requests that leave it unchanged. */
export const clientSecretMask = '********';

export const configurationTypes = ['custom', 'discoveryURL'] as const;
export type ConfigurationType = (typeof configurationTypes)[number];

const ConfigurationTypeSchema = Type.Enum(configurationTypes);
const AlgorithmSchema = Type.Enum(signatureAlgorithms);

const UrlText = (description: string) => Text({ lengthMax: urlLengthMax, description });
const Credential = (description: string) => Text({ lengthMin: 1, lengthMax: clientCredentialLengthMax, description });

const fields = {
  allowedEmailDomains: Text({
    lengthMax: allowedEmailDomainsLengthMax,
    description:
      'Comma-separated domains whose addresses may sign in. Empty: any. `*.acme.com` covers acme.com and its subdomains.',
  }),
  configurationType: ConfigurationTypeSchema,
  issuer: UrlText('The issuer identifier. Required if the type is `custom`.'),
  discoveryURL: UrlText('The URL of the discovery document, or the issuer. Required if the type is `discoveryURL`.'),
  authorizationEndpoint: UrlText('Required if the type is `custom`.'),
  jwksUri: UrlText('Required if the type is `custom`.'),
  tokenEndpoint: UrlText('Required if the type is `custom`.'),
  userinfoEndpoint: UrlText('Required if the type is `custom`.'),
  clientId: Credential('The client id from the identity provider.'),
  clientSecret: Credential(
    `The client secret. Stored encrypted and never returned. \`${clientSecretMask}\` in a PATCH: unchanged.`,
  ),
  isActive: Type.Boolean({ description: 'Whether members can sign in through this connection.' }),
  manageGroupMemberships: Type.Boolean({ description: 'Whether sign-ins set the group memberships.' }),
  jwtSignatureAlgorithm: AlgorithmSchema,
};

const optionFields = Type.Partial(Type.Object(connectionOptionFields)).properties;

export const CreateOidcConfigBody = Type.Object(
  {
    organizationId: Text({ lengthMin: 1, lengthMax: 255 }),
    configurationType: fields.configurationType,
    clientId: fields.clientId,
    clientSecret: Type.Optional(fields.clientSecret),
    isActive: fields.isActive,
    issuer: Type.Optional(fields.issuer),
    authorizationEndpoint: Type.Optional(fields.authorizationEndpoint),
    jwksUri: Type.Optional(fields.jwksUri),
    tokenEndpoint: Type.Optional(fields.tokenEndpoint),
    userinfoEndpoint: Type.Optional(fields.userinfoEndpoint),
    discoveryURL: Type.Optional(fields.discoveryURL),
    allowedEmailDomains: Type.Optional(fields.allowedEmailDomains),
    manageGroupMemberships: Type.Optional(fields.manageGroupMemberships),
    jwtSignatureAlgorithm: Type.Optional(fields.jwtSignatureAlgorithm),
    ...optionFields,
  },
  {
    [requiredUnlessKeyword]: {
      property: 'clientSecret',
      unless: { tokenEndpointAuthMethod: ['private_key_jwt', 'none'] },
    } satisfies RequiredUnless,
  },
);
export type CreateOidcConfigBody = Static<typeof CreateOidcConfigBody>;

export const UpdateOidcConfigBody = Type.Object({
  organizationId: Text({ lengthMin: 1, lengthMax: 255 }),
  ...Type.Partial(Type.Object(fields)).properties,
  ...optionFields,
  endSessions: Type.Optional(
    Type.Boolean({ description: 'Ends every session of this connection, in the same transaction.' }),
  ),
});
export type UpdateOidcConfigBody = Static<typeof UpdateOidcConfigBody>;

const configShape = {
  id: Id,
  issuer: Type.String(),
  authorizationEndpoint: Type.String(),
  configurationType: Type.String(),
  discoveryURL: Type.String(),
  jwksUri: Type.String(),
  tokenEndpoint: Type.String(),
  userinfoEndpoint: Type.String(),
  orgId: Id,
  isActive: Type.Boolean(),
  allowedEmailDomains: Type.String(),
  manageGroupMemberships: Type.Boolean(),
  jwtSignatureAlgorithm: Type.String(),
};
export const OidcConfig = Type.Object(configShape);
export type OidcConfig = Static<typeof OidcConfig>;

export const OidcConfigWithClient = Type.Object({
  ...configShape,
  clientId: Type.String(),
  clientSecret: Type.String({ description: `Always \`${clientSecretMask}\`.` }),
});
export type OidcConfigWithClient = Static<typeof OidcConfigWithClient>;

const ByOrganization = Type.Object({ organizationId: AnyIdentifier });
const url = '/api/v1/sso/oidc/config';
const shared = { url, tag: 'OIDC SSO', access: 'organization' } as const;

export const oidcConfigRoutes = {
  createOidcConfig: {
    ...shared,
    method: 'POST',
    operationId: 'createOidcConfig',
    breakGlass: 'allowed',
    summary: "Create the organization's OIDC configuration",
    limit: 'write',
    body: CreateOidcConfigBody,
    response: OidcConfig,
  },
  readOidcConfig: {
    ...shared,
    method: 'GET',
    operationId: 'readOidcConfig',
    summary: "Read the organization's OIDC configuration",
    limit: 'read',
    query: ByOrganization,
    response: OidcConfigWithClient,
  },
  updateOidcConfig: {
    ...shared,
    method: 'PATCH',
    operationId: 'updateOidcConfig',
    breakGlass: 'allowed',
    summary: "Change the organization's OIDC configuration",
    limit: 'write',
    body: UpdateOidcConfigBody,
    response: OidcConfig,
  },
  deleteOidcConfig: {
    ...shared,
    method: 'DELETE',
    operationId: 'deleteOidcConfig',
    breakGlass: 'allowed',
    summary: "Delete the organization's OIDC configuration and end its sessions",
    limit: 'write',
    query: ByOrganization,
    response: OidcConfig,
  },
  readManageGroupMemberships: {
    ...shared,
    method: 'GET',
    url: '/api/v1/sso/oidc/manage-group-memberships',
    operationId: 'readManageGroupMemberships',
    summary: 'Read whether sign-ins set the group memberships',
    access: 'user',
    limit: 'read',
    query: Type.Object({ orgId: AnyIdentifier }),
    response: Type.Object({ isEnabled: Type.Boolean() }),
  },
} as const satisfies Record<string, RouteContract>;

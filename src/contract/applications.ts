/**
 * Applications: the clients (RFC 6749, section 2) that sign their users in through this server, by OpenID Connect. A
 * field is named after its client metadata (OpenID Connect Dynamic Client Registration 1.0, section 2), in camel case.
 */
import { Type, type Static } from 'typebox';

import {
  applicationGroupsMax,
  applicationKeysMax,
  applicationOrganizationsMax,
  applicationResourcesMax,
  nameLengthMax,
  redirectUrisMax,
  urlLengthMax,
} from './limits.ts';
import { pageQuery, TotalCount } from './page.ts';
import type { RouteContract } from './route.ts';
import { AnyIdentifier, Id, Moment, Timestamp } from './shapes.ts';
import { Text } from './text.ts';

/**
 * `web`: a confidential client with a server of its own. `native`: a public client on the user's computer or phone (RFC
 * 8252). `spa`: a public client in the browser. `machine`: a client without users, for client credentials.
 */
export const applicationKinds = ['web', 'native', 'spa', 'machine'] as const;
export type ApplicationKind = (typeof applicationKinds)[number];

/** OpenID Connect Core 1.0, section 9. Without `client_secret_jwt`, because only hashes of secrets are stored. */
export const clientAuthMethods = ['client_secret_basic', 'client_secret_post', 'private_key_jwt', 'none'] as const;
export type ClientAuthMethod = (typeof clientAuthMethods)[number];

export const idTokenAlgorithms = ['RS256', 'ES256', 'EdDSA'] as const;
export type IdTokenAlgorithm = (typeof idTokenAlgorithms)[number];

export const applicationReaches = ['all', 'listed'] as const;
export const groupsClaimForms = ['none', 'names', 'ids'] as const;
export const refreshTokenPolicies = ['none', 'session', 'standalone'] as const;
export const pkcePolicies = ['required', 'optional'] as const;

const Url = Text({ lengthMin: 1, lengthMax: urlLengthMax });
const Urls = (description: string) => Type.Array(Url, { maxItems: redirectUrisMax, description });
const orNone = (description: string) => Type.Optional(Type.Union([Url, Type.Null()], { description }));

const redirectUris = Urls('Where users return after the sign-in. Compared character by character.');
const postLogoutRedirectUris = Urls('Where users may return after they signed out.');
const resources = Type.Array(Url, {
  maxItems: applicationResourcesMax,
  description:
    'Identifiers of APIs that this application offers (RFC 8707). Others request access tokens for them with the parameter resource.',
});
const Jwks = Type.Object(
  { keys: Type.Array(Type.Record(Type.String(), Type.Unknown()), { minItems: 1, maxItems: applicationKeysMax }) },
  { description: 'The public keys for private_key_jwt: a JWK Set (RFC 7517, section 5).' },
);
const organizationIds = Type.Array(AnyIdentifier, {
  maxItems: applicationOrganizationsMax,
  description: 'The organizations whose members may use the application, if organizations is listed.',
});
const Groups = Type.Union(
  [Type.Array(Text({ lengthMin: 1, lengthMax: nameLengthMax }), { maxItems: applicationGroupsMax }), Type.Null()],
  {
    description:
      'Names of groups: only their members may use the application, and tokens name only these groups. null: every member, and every group.',
  },
);

const textOf = {
  kind: 'web: a confidential client on a server. native: a public client on a computer or phone. spa: a public client in the browser. machine: no users, only client credentials.',
  authMethod: 'How the application authenticates at the token endpoint. By kind: client_secret_basic, or none.',
  algorithm: 'The algorithm that signs ID tokens.',
  reach: 'all: members of every organization may use the application. listed: only those of organizationIds.',
  groupsClaim: 'The content of the claim groups: the names or the ids of groups, or no claim.',
  refreshTokens:
    'none: no refresh tokens. session: they end with the session. standalone: they stay valid if the user signs out of the browser, as long as the session would have lived.',
  pkce: 'optional: a confidential client that sends a nonce may leave PKCE out.',
  requireConsent: 'Whether users confirm what the application gets to know. For applications of a third party.',
  deviceGrant: 'Whether the device authorization grant (RFC 8628) may be used.',
} as const;

/** What an application may be given and changed, without its kind and owner. */
const settings = {
  postLogoutRedirectUris: Type.Optional(postLogoutRedirectUris),
  backchannelLogoutUri: orNone('Receives a logout token when a session ends (OpenID Connect Back-Channel Logout).'),
  initiateLoginUri: orNone('Starts a sign-in from outside the application (OpenID Connect Core, section 4).'),
  tokenEndpointAuthMethod: Type.Optional(Type.Enum(clientAuthMethods, { description: textOf.authMethod })),
  jwksUri: orNone('The address of the public keys for private_key_jwt.'),
  jwks: Type.Optional(Type.Union([Jwks, Type.Null()])),
  idTokenSignedResponseAlg: Type.Optional(Type.Enum(idTokenAlgorithms, { description: textOf.algorithm })),
  organizations: Type.Optional(Type.Enum(applicationReaches, { description: textOf.reach })),
  organizationIds: Type.Optional(organizationIds),
  groups: Type.Optional(Groups),
  groupsClaim: Type.Optional(Type.Enum(groupsClaimForms, { description: textOf.groupsClaim })),
  refreshTokens: Type.Optional(Type.Enum(refreshTokenPolicies, { description: textOf.refreshTokens })),
  pkce: Type.Optional(Type.Enum(pkcePolicies, { description: textOf.pkce })),
  requireConsent: Type.Optional(Type.Boolean({ description: textOf.requireConsent })),
  deviceGrant: Type.Optional(Type.Boolean({ description: textOf.deviceGrant })),
  resources: Type.Optional(resources),
};

const Name = Text({ lengthMin: 1, lengthMax: nameLengthMax, description: 'Shown on the sign-in pages.' });
const Kind = Type.Enum(applicationKinds, { description: textOf.kind });

export const CreateApplicationBody = Type.Object({
  name: Name,
  organizationId: Type.Optional(AnyIdentifier),
  kind: Type.Optional(Kind),
  redirectUris: Type.Optional(redirectUris),
  ...settings,
});
export type CreateApplicationBody = Static<typeof CreateApplicationBody>;

export const UpdateApplicationBody = Type.Object({
  name: Type.Optional(Name),
  organizationId: Type.Optional(AnyIdentifier),
  kind: Type.Optional(Type.Enum(applicationKinds, { description: 'Cannot be changed; the same kind is accepted.' })),
  redirectUris: Type.Optional(redirectUris),
  ...settings,
});
export type UpdateApplicationBody = Static<typeof UpdateApplicationBody>;

export const ApplicationSecret = Type.Object({
  id: Id,
  lastFour: Type.String({ description: 'The last four characters, to recognize the secret.' }),
  createdAt: Timestamp,
  expiresAt: Type.Union([Timestamp, Type.Null()]),
});
export type ApplicationSecret = Static<typeof ApplicationSecret>;

export const Application = Type.Object({
  id: Id,
  clientId: Type.String(),
  name: Type.String(),
  organizationId: Type.Optional(Id),
  kind: Kind,
  redirectUris,
  postLogoutRedirectUris,
  backchannelLogoutUri: Type.Optional(Type.String()),
  initiateLoginUri: Type.Optional(Type.String()),
  tokenEndpointAuthMethod: Type.Enum(clientAuthMethods, { description: textOf.authMethod }),
  jwksUri: Type.Optional(Type.String()),
  jwks: Type.Optional(Jwks),
  idTokenSignedResponseAlg: Type.Enum(idTokenAlgorithms, { description: textOf.algorithm }),
  organizations: Type.Enum(applicationReaches, { description: textOf.reach }),
  organizationIds,
  groups: Groups,
  groupsClaim: Type.Enum(groupsClaimForms, { description: textOf.groupsClaim }),
  refreshTokens: Type.Enum(refreshTokenPolicies, { description: textOf.refreshTokens }),
  pkce: Type.Enum(pkcePolicies, { description: textOf.pkce }),
  requireConsent: Type.Boolean({ description: textOf.requireConsent }),
  deviceGrant: Type.Boolean({ description: textOf.deviceGrant }),
  resources,
  secrets: Type.Array(ApplicationSecret, { description: 'The client secrets that have not expired.' }),
  createdAt: Timestamp,
  updatedAt: Timestamp,
});
export type Application = Static<typeof Application>;

export const CreateApplicationSecretBody = Type.Object({ expiresAt: Type.Optional(Moment) });
export type CreateApplicationSecretBody = Static<typeof CreateApplicationSecretBody>;

const ShownSecret = Type.String({ description: 'The client secret. It is shown only once.' });
const Wrapped = Type.Object({ application: Application });
const shared = { tag: 'Applications', access: 'user-or-machine' } as const;
const url = '/api/v1/applications';
const ById = Type.Object({ applicationId: AnyIdentifier });
const BySecret = Type.Object({ applicationId: AnyIdentifier, secretId: AnyIdentifier });

export const applicationRoutes = {
  createApplication: {
    ...shared,
    method: 'POST',
    url,
    operationId: 'createApplication',
    summary: 'Register an application; its client secret is shown this once',
    limit: 'write',
    body: CreateApplicationBody,
    response: Type.Object({ application: Application, clientSecret: Type.Optional(ShownSecret) }),
  },
  listApplications: {
    ...shared,
    method: 'GET',
    url,
    operationId: 'listApplications',
    summary: 'List the applications of an organization or, for an instance admin, of the whole server',
    limit: 'read',
    query: Type.Object({
      organizationId: Type.Optional(AnyIdentifier),
      search: Type.Optional(Text({ lengthMax: nameLengthMax, description: 'Part of a name.' })),
      ...pageQuery,
    }),
    list: 'applications',
    response: Type.Object({ applications: Type.Array(Application), totalCount: TotalCount }),
  },
  readApplication: {
    ...shared,
    method: 'GET',
    url: `${url}/:applicationId`,
    operationId: 'readApplication',
    summary: 'Read one application',
    limit: 'read',
    params: ById,
    response: Wrapped,
  },
  updateApplication: {
    ...shared,
    method: 'PATCH',
    url: `${url}/:applicationId`,
    operationId: 'updateApplication',
    summary: 'Change an application',
    limit: 'write',
    params: ById,
    body: UpdateApplicationBody,
    response: Wrapped,
  },
  deleteApplication: {
    ...shared,
    method: 'DELETE',
    url: `${url}/:applicationId`,
    operationId: 'deleteApplication',
    summary: 'Delete an application, its secrets and its tokens',
    limit: 'write',
    params: ById,
    response: Wrapped,
  },
  createApplicationSecret: {
    ...shared,
    method: 'POST',
    url: `${url}/:applicationId/secrets`,
    operationId: 'createApplicationSecret',
    summary: 'Create a second client secret, to rotate the first; it is shown this once',
    limit: 'write',
    params: ById,
    body: CreateApplicationSecretBody,
    response: Type.Object({ secret: ApplicationSecret, clientSecret: ShownSecret }),
  },
  deleteApplicationSecret: {
    ...shared,
    method: 'DELETE',
    url: `${url}/:applicationId/secrets/:secretId`,
    operationId: 'deleteApplicationSecret',
    summary: 'Delete a client secret, which stops working at once',
    limit: 'write',
    params: BySecret,
    response: Type.Object({ secret: ApplicationSecret }),
  },
} as const satisfies Record<string, RouteContract>;

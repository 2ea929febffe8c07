import { type Static, Type } from 'typebox';

import { ClaimReferenceSchema } from './claim-reference.ts';
import {
  absentGroupsMeanings,
  clientAssertionAlgorithms,
  clientAssertionAudiences,
  clientAssertionKeyNames,
  groupNameMatchings,
  groupsFormats,
  groupsSources,
  tokenEndpointAuthMethods,
  userinfoAlgorithms,
  userinfoUses,
} from './connection-option-values.ts';
import {
  authorizationParametersCountMax,
  authorizationParameterValueLengthMax,
  clockToleranceSecondsMax,
  emailClaimsCountMax,
  groupsDelimiterLengthMax,
  maxAgeSecondsMax,
  optionListCountMax,
  optionValueLengthMax,
} from './limits.ts';
import { RequiredClaimSchema } from './required-claims.ts';
import type { RouteContract } from './route.ts';
import { AnyIdentifier, Id } from './shapes.ts';
import { Text } from './text.ts';

const Claim = (description: string) => ClaimReferenceSchema({ description });
const Values = (description: string, countMax = optionListCountMax) =>
  Type.Array(Text({ lengthMin: 1, lengthMax: optionValueLengthMax }), { maxItems: countMax, description });

/**
 * The settings of a connection in addition to its endpoints and its client. Every field is optional. Each has a default
 * that changes nothing, and an empty value restores it.
 */
export const connectionOptionFields = {
  scopes: Values(
    'The requested scopes. `openid` is always added. Empty: `openid profile email` and `additionalScopes`.',
  ),
  additionalScopes: Values(
    "Scopes to request in addition to `openid profile email`, such as `groups`. A claim's name never adds a scope. Must be empty if `scopes` is set.",
  ),
  emailClaims: Type.Array(ClaimReferenceSchema({ lengthMin: 1 }), {
    maxItems: emailClaimsCountMax,
    description:
      'Claims that may contain the e-mail address. The first one that is present is used. Empty: `email`. Each is an exact name, or a path as a list of names.',
  }),
  firstNameClaim: Claim(
    'The claim with the first name. Empty: `given_name`, otherwise the beginning of `name`. A string is an exact name, a list of names is a path.',
  ),
  lastNameClaim: Claim(
    'The claim with the last name. Empty: `family_name`. A string is an exact name, a list of names is a path.',
  ),
  groupsClaim: Claim(
    'The claim with the groups. Empty: `groups`. A string is an exact name, including its dots, slashes and colons. A list of names is a path through nested objects: `["resource_access", "my-client", "roles"]`.',
  ),
  groupsSource: Type.Enum(groupsSources, {
    description:
      'Where groups are read from. `automatic`: the ID token, or userinfo if the ID token has no groups claim. `userinfo_first`: the other way round.',
  }),
  groupsFormat: Type.Enum(groupsFormats, {
    description:
      'The format of the groups claim. `automatic`: a string or an array of strings. `delimited`: strings with several names, separated by `groupsDelimiter`. `object-keys`: the keys of an object. `distinguished-names`: the first value of LDAP names. `bracketed`: one string such as `[dev, ops]`, as Amazon Cognito writes a list. `json`: one string with a JSON list of strings.',
  }),
  groupsDelimiter: Type.String({
    maxLength: groupsDelimiterLengthMax,
    description: 'The separator of groups in the format `delimited`.',
  }),
  absentGroupsClaim: Type.Enum(absentGroupsMeanings, {
    description:
      'The meaning of a missing groups claim. `null` and an empty string count as missing. `unknown`: no membership changes. `empty`: the user is in no group, so the memberships that the identity provider gave end. Choose `empty` for providers that omit the claim for users without groups.',
  }),
  groupNameMatching: Type.Enum(groupNameMatchings, {
    description: "How the groups of the claim are compared with the names of the organization's groups.",
  }),
  tokenEndpointAuthMethod: Type.Enum(tokenEndpointAuthMethods, {
    description:
      'The client authentication at the token endpoint. `automatic`: Basic, or the form if the provider supports only that. `client_secret_basic_raw`: Basic without form-encoding. `private_key_jwt`: with a key pair instead of a client secret. `none`: a public client, which only PKCE protects.',
  }),
  clientAssertionAlgorithm: Type.Enum(clientAssertionAlgorithms, {
    description: 'With `private_key_jwt`: the signature algorithm. `automatic`: RS256; PS256 for Entra ID.',
  }),
  clientAssertionKeyName: Type.Enum(clientAssertionKeyNames, {
    description:
      'With `private_key_jwt`: what names the key in the header. `automatic`: `kid`; for Entra ID and AD FS the thumbprint of the certificate.',
  }),
  clientAssertionAudience: Type.Enum(clientAssertionAudiences, {
    description:
      'With `private_key_jwt` and `client_secret_jwt`: the audience. `automatic`: the issuer; for Entra ID and AD FS the token endpoint.',
  }),
  prompt: Text({
    lengthMax: optionValueLengthMax,
    description: 'What the provider asks the user: `login`, `select_account`, `consent`, or several.',
  }),
  maxAgeSeconds: Type.Integer({
    minimum: -1,
    maximum: maxAgeSecondsMax,
    description:
      "The maximum age of the user's authentication at the provider. If it is older, the user must authenticate again. -1: any age.",
  }),
  acrValues: Values('Authentication contexts (`acr`). The ID token must name one of them. Empty: no requirement.'),
  clockToleranceSeconds: Type.Integer({
    minimum: 0,
    maximum: clockToleranceSecondsMax,
    description: "The tolerated difference to the provider's clock.",
  }),
  userinfo: Type.Enum(userinfoUses, {
    description: 'When the userinfo endpoint is called. `when-needed`: if the ID token lacks a needed claim.',
  }),
  userinfoSignedResponseAlg: Type.Enum(userinfoAlgorithms, {
    description:
      'The algorithm that signs userinfo responses (`userinfo_signed_response_alg`). `automatic`: the one of ID tokens, and unsigned responses are accepted too. With an algorithm, only responses that it signs are accepted.',
  }),
  trustedAudiences: Values('Audiences that an ID token may name in addition to the client id.'),
  requiredClaims: Type.Record(Type.String(), RequiredClaimSchema, {
    maxProperties: optionListCountMax,
    description:
      'Claims that the ID token must have, by exact name. A string or a boolean is the exact value: `{"hd": "acme.com"}`. An object is a rule with one condition: `equals`, `oneOf`, `contains`, `containsOneOf` or `containsAll`. `path` selects a nested claim: `{"groups": {"contains": "staff"}}`.',
  }),
  authorizationParameters: Type.Record(
    Type.String(),
    Type.String({ minLength: 1, maxLength: authorizationParameterValueLengthMax }),
    {
      maxProperties: authorizationParametersCountMax,
      description:
        'Fixed parameters of the authorization request: `{"kc_idp_hint": "corp"}`. Parameters that the server sets itself are rejected.',
    },
  ),
};

const Options = Type.Object(connectionOptionFields);

/** All options of a connection. */
export type ConnectionOptions = Readonly<Static<typeof Options>>;

/** A warning about a working connection. */
const Warning = Type.Object({
  code: Type.String({ description: 'The stable code of the warning.' }),
  path: Type.String({ description: 'The field that the warning is about.' }),
  message: Type.String(),
});
export type ConnectionWarning = Static<typeof Warning>;

const StoredOptions = Type.Object({ configId: Id, options: Options, warnings: Type.Array(Warning) });
export type StoredOptions = Static<typeof StoredOptions>;

export const connectionOptionRoutes = {
  readConnectionOptions: {
    method: 'GET',
    url: '/api/v1/sso/oidc/config/options',
    operationId: 'readConnectionOptions',
    summary: "Read every option of the organization's connection, with warnings",
    tag: 'OIDC SSO',
    access: 'organization',
    limit: 'read',
    query: Type.Object({ organizationId: AnyIdentifier }),
    response: StoredOptions,
  },
} as const satisfies Record<string, RouteContract>;

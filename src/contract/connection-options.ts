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
 * What a connection may set in addition to its endpoints and its client. Every field may be left out; each has a default
 * that changes nothing, and an empty value restores it.
 */
export const connectionOptionFields = {
  scopes: Values(
    'The scopes to request, as a whole. `openid` is always added. Empty: `openid profile email` and `additionalScopes`.',
  ),
  additionalScopes: Values(
    'Scopes to request in addition to `openid profile email`, such as `groups`. The name of a claim never adds a scope. Must be empty when `scopes` is set.',
  ),
  emailClaims: Type.Array(ClaimReferenceSchema({ lengthMin: 1 }), {
    maxItems: emailClaimsCountMax,
    description:
      'Claims that may hold the e-mail address; the first one that is present counts. Empty: `email`. Each is a literal name, or a path as a list of names.',
  }),
  firstNameClaim: Claim(
    'The claim that holds the first name. Empty: `given_name`, else the beginning of `name`. A text is a literal name, a list of names is a path.',
  ),
  lastNameClaim: Claim(
    'The claim that holds the last name. Empty: `family_name`. A text is a literal name, a list of names is a path.',
  ),
  groupsClaim: Claim(
    'The claim that holds the groups. Empty: `groups`. A text is a literal name, in which dots, slashes and colons mean nothing. A list of names is a path through nested objects: `["resource_access", "my-client", "roles"]`.',
  ),
  groupsSource: Type.Enum(groupsSources, {
    description:
      'Where groups are read from. `automatic`: the ID token, or userinfo if the ID token has no groups claim. `userinfo_first`: the other way round.',
  }),
  groupsFormat: Type.Enum(groupsFormats, {
    description:
      'How groups are written. `automatic`: a string or an array of strings. `delimited`: strings that hold several, separated by `groupsDelimiter`. `object-keys`: the keys of an object. `distinguished-names`: the first value of LDAP names. `bracketed`: one text such as `[dev, ops]`, as Amazon Cognito writes a list. `json`: one text that holds a JSON list of texts.',
  }),
  groupsDelimiter: Type.String({
    maxLength: groupsDelimiterLengthMax,
    description: 'What separates groups where the format is `delimited`.',
  }),
  absentGroupsClaim: Type.Enum(absentGroupsMeanings, {
    description:
      'What a sign-in without a groups claim means; `null` and an empty text count as absent. `unknown`: no membership changes. `empty`: the person is in no group, so the memberships that the identity provider gave end. Choose `empty` for providers that leave the claim out for people without groups.',
  }),
  groupNameMatching: Type.Enum(groupNameMatchings, {
    description: "How a claim's groups are compared with the names of the organization's groups.",
  }),
  tokenEndpointAuthMethod: Type.Enum(tokenEndpointAuthMethods, {
    description:
      'How this server authenticates at the token endpoint. `automatic`: Basic, or the form where only that is supported. `client_secret_basic_raw`: Basic without form-encoding. `private_key_jwt`: with a key pair of its own, so that there is no client secret. `none`: not at all, as a public client, which only PKCE protects.',
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
    description: 'What the provider asks of somebody who signs in: `login`, `select_account`, `consent`, or several.',
  }),
  maxAgeSeconds: Type.Integer({
    minimum: -1,
    maximum: maxAgeSecondsMax,
    description:
      'How long ago somebody may have signed in at the provider; longer, and they sign in anew. -1: any time ago.',
  }),
  acrValues: Values('Authentication contexts (`acr`), of which the ID token must name one. Empty: any or none.'),
  clockToleranceSeconds: Type.Integer({
    minimum: 0,
    maximum: clockToleranceSecondsMax,
    description: "How much the provider's clock may differ.",
  }),
  userinfo: Type.Enum(userinfoUses, {
    description: 'When the userinfo endpoint is asked. `when-needed`: when the ID token lacks something.',
  }),
  userinfoSignedResponseAlg: Type.Enum(userinfoAlgorithms, {
    description:
      'The algorithm that userinfo responses are signed with (`userinfo_signed_response_alg`). `automatic`: that of ID tokens, and unsigned responses are read too. With an algorithm, only responses that are signed with it are read.',
  }),
  trustedAudiences: Values('Audiences that an ID token may name besides the client id.'),
  requiredClaims: Type.Record(Type.String(), RequiredClaimSchema, {
    maxProperties: optionListCountMax,
    description:
      'Claims that the ID token must hold, by their literal names. A text or a boolean is the exact value: `{"hd": "acme.com"}`. An object is a rule with one condition: `equals`, `oneOf`, `contains`, `containsOneOf` or `containsAll`, and with `path` for a nested claim: `{"groups": {"contains": "staff"}}`.',
  }),
  authorizationParameters: Type.Record(
    Type.String(),
    Type.String({ minLength: 1, maxLength: authorizationParameterValueLengthMax }),
    {
      maxProperties: authorizationParametersCountMax,
      description:
        'Fixed parameters to add to the authorization request: `{"kc_idp_hint": "corp"}`. Parameters that this server sets itself are refused.',
    },
  ),
};

const Options = Type.Object(connectionOptionFields);

/** The options of a connection, complete. */
export type ConnectionOptions = Readonly<Static<typeof Options>>;

/** Something that works, but that the admin should know about. */
const Warning = Type.Object({
  code: Type.String({ description: 'A stable name of what it is about.' }),
  path: Type.String({ description: 'The field that it is about.' }),
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
    summary: "Read every option of the organization's identity provider, with what its admin had better know",
    tag: 'OIDC SSO',
    access: 'organization',
    limit: 'read',
    query: Type.Object({ organizationId: AnyIdentifier }),
    response: StoredOptions,
  },
} as const satisfies Record<string, RouteContract>;

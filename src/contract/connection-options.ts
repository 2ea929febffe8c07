import { type Static, Type } from 'typebox';

import {
  groupNameMatchings,
  groupsFormats,
  groupsSources,
  tokenEndpointAuthMethods,
  userinfoUses,
} from './connection-option-values.ts';
import {
  claimNameLengthMax,
  clockToleranceSecondsMax,
  emailClaimsCountMax,
  groupsDelimiterLengthMax,
  maxAgeSecondsMax,
  optionListCountMax,
  optionValueLengthMax,
} from './limits.ts';
import type { RouteContract } from './route.ts';
import { AnyIdentifier, Id } from './shapes.ts';
import { Text } from './text.ts';

const ClaimName = (description: string) => Text({ lengthMax: claimNameLengthMax, description });
const Values = (description: string, countMax = optionListCountMax) =>
  Type.Array(Text({ lengthMin: 1, lengthMax: optionValueLengthMax }), { maxItems: countMax, description });

/**
 * What a connection may ask for besides its endpoints and its client. Every field may be left out; each has a default
 * that changes nothing, which an empty value brings back.
 */
export const connectionOptionFields = {
  additionalScopes: Values(
    'Scopes that are requested besides `openid profile email`, such as `groups`. Claim names add none by themselves.',
  ),
  emailClaims: Values(
    'Claims that may hold the address; the first that is there counts. Empty: `email`. Names are literal.',
    emailClaimsCountMax,
  ),
  firstNameClaim: ClaimName(
    'The claim that holds the first name. Empty: `given_name`, else what `name` begins with. The name is literal.',
  ),
  lastNameClaim: ClaimName('The claim that holds the last name. Empty: `family_name`. The name is literal.'),
  groupsClaim: ClaimName(
    'The claim that holds the groups. Empty: `groups`. The name is literal: dots, slashes and colons lead nowhere.',
  ),
  groupsSource: Type.Enum(groupsSources, {
    description: 'Where groups are read from. `automatic`: the ID token, and userinfo when it does not name them.',
  }),
  groupsFormat: Type.Enum(groupsFormats, {
    description:
      'How groups are written. `automatic`: a string or an array of strings. `delimited`: strings that hold several, separated by `groupsDelimiter`. `object-keys`: the keys of an object. `distinguished-names`: the first value of LDAP names.',
  }),
  groupsDelimiter: Type.String({
    maxLength: groupsDelimiterLengthMax,
    description: 'What separates groups where the format is `delimited`.',
  }),
  groupNameMatching: Type.Enum(groupNameMatchings, {
    description: "How a claim's groups are compared with the names of the organization's groups.",
  }),
  tokenEndpointAuthMethod: Type.Enum(tokenEndpointAuthMethods, {
    description:
      'How this server proves itself at the token endpoint. `automatic`: Basic, or the form where only that is supported. `client_secret_basic_raw`: Basic without form-encoding. `private_key_jwt`: with a key pair of its own, so that there is no client secret.',
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
  trustedAudiences: Values('Audiences that an ID token may name besides the client id.'),
  requiredClaims: Type.Record(
    Type.String(),
    Type.Union([Type.String({ maxLength: optionValueLengthMax }), Type.Boolean()]),
    {
      maxProperties: optionListCountMax,
      description:
        'Claims that the ID token must hold, with their values: `{"hd": "acme.com"}`. Names and values are literal.',
    },
  ),
};

const Options = Type.Object(connectionOptionFields);

/** The options of a connection, complete. */
export type ConnectionOptions = Readonly<Static<typeof Options>>;

/** Something that works, and that its admin had better know. */
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

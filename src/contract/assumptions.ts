import { type Static, Type } from 'typebox';

import type { RouteContract } from './route.ts';
import { AnyIdentifier } from './shapes.ts';

const Nullable = (description: string) => Type.Union([Type.String(), Type.Null()], { description });
const Value = Type.Unknown({ description: 'Has the type of the option.' });
const Why = Type.String({ description: 'The reason, in a sentence or two.' });

export const Assumptions = Type.Object({
  profile: Type.Object({
    id: Type.String(),
    displayName: Type.String(),
    recognisedBy: Nullable(
      'How the provider was recognised. `null` for an unknown provider, for which only the standards apply.',
    ),
    issuerForm: Type.String({ description: "The form of this provider's issuers." }),
    refusedBecause: Nullable('Why members cannot sign in with such a provider.'),
  }),
  issuer: Type.String({ description: 'The issuer from the discovery document, or from the entered settings.' }),
  basis: Type.Enum(['document', 'settings', 'unreachable'], {
    description:
      'The source of the assumptions: the discovery document, or endpoints that an admin entered. `unreachable`: the document could not be read, so the assumptions follow from its URL alone.',
  }),
  options: Type.Array(
    Type.Object({
      option: Type.String(),
      value: Value,
      source: Type.Enum(['configured', 'profile', 'default']),
      why: Nullable('Why the profile sets this value.'),
    }),
    { description: 'Every option with its effective value.' },
  ),
  heldBack: Type.Array(Type.Object({ option: Type.String(), value: Value, why: Why, because: Type.String() }), {
    description: 'Values of the profile that do not apply, with the reason.',
  }),
  advice: Type.Array(Type.Object({ option: Type.String(), value: Type.String(), why: Why }), {
    description: 'Recommendations that only an admin can follow. None is applied automatically.',
  }),
  screens: Type.Array(Type.Object({ topic: Type.String(), place: Type.String() }), {
    description: "Where in the provider's admin console things are found.",
  }),
});
export type Assumptions = Static<typeof Assumptions>;

export const assumptionRoutes = {
  readAssumptions: {
    method: 'GET',
    url: '/api/v1/sso/oidc/config/assumptions',
    operationId: 'readAssumptions',
    summary: "Read what the server assumes about the organization's identity provider, and why",
    tag: 'OIDC SSO',
    access: 'organization',
    limit: 'read',
    query: Type.Object({ organizationId: AnyIdentifier }),
    response: Assumptions,
  },
} as const satisfies Record<string, RouteContract>;

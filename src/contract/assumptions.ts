import { type Static, Type } from 'typebox';

import type { RouteContract } from './route.ts';
import { AnyIdentifier } from './shapes.ts';

const Nullable = (description: string) => Type.Union([Type.String(), Type.Null()], { description });
const Value = Type.Unknown({ description: 'Of the type that the option has.' });
const Why = Type.String({ description: 'The reason, in a sentence or two.' });

export const Assumptions = Type.Object({
  profile: Type.Object({
    id: Type.String(),
    displayName: Type.String(),
    recognisedBy: Nullable('What gave the provider away. Null: nobody knows it, and the standards alone count.'),
    issuerForm: Type.String({ description: 'How issuers of this provider are spelled.' }),
    refusedBecause: Nullable('Why members cannot sign in with such a provider at all.'),
  }),
  issuer: Type.String({ description: 'As the provider names itself, or as it follows from what was typed.' }),
  basis: Type.Enum(['document', 'settings', 'unreachable'], {
    description:
      'What this rests on: the document of the provider, or endpoints that were typed one by one. `unreachable`: the document could not be had, or was refused, so its URL alone decided.',
  }),
  options: Type.Array(
    Type.Object({
      option: Type.String(),
      value: Value,
      source: Type.Enum(['configured', 'profile', 'default']),
      why: Nullable('Why the profile has it so.'),
    }),
    { description: 'Every option as a sign-in takes it.' },
  ),
  heldBack: Type.Array(Type.Object({ option: Type.String(), value: Value, why: Why, because: Type.String() }), {
    description: 'What the profile would have set, and why it did not.',
  }),
  advice: Type.Array(Type.Object({ option: Type.String(), value: Type.String(), why: Why }), {
    description: 'What only an admin can decide. Nothing of it happens by itself.',
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
    summary: "What is assumed of the organization's identity provider, and why",
    tag: 'OIDC SSO',
    access: 'organization',
    limit: 'read',
    query: Type.Object({ organizationId: AnyIdentifier }),
    response: Assumptions,
  },
} as const satisfies Record<string, RouteContract>;

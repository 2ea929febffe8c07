import { Type, type Static } from 'typebox';

import { emailLengthMax, nameLengthMax } from './limits.ts';
import { pageQuery, TotalCount } from './page.ts';
import type { RouteContract } from './route.ts';
import { AnyIdentifier, Id, Moment, Timestamp } from './shapes.ts';
import { Text } from './text.ts';

/** The steps of a sign-in, in the order in which they run. */
export const attemptStepNames = [
  'discovery',
  'authorization_request',
  'attempt_cookie',
  'configuration',
  'callback_form',
  'state',
  'provider_document',
  'callback_iss',
  'idp_answer',
  'keys',
  'token_request',
  'form',
  'alg',
  'typ',
  'crit',
  'kid',
  'signature',
  'library',
  'iss',
  'aud',
  'azp',
  'exp',
  'nbf',
  'iat',
  'auth_time',
  'acr',
  'nonce',
  'sub',
  'at_hash',
  'c_hash',
  's_hash',
  'events',
  'required_claims',
  'userinfo',
  'email',
  'provisioning',
  'groups',
  'session',
  'server',
] as const;
export type AttemptStepName = (typeof attemptStepNames)[number];

export const attemptOutcomes = ['started', 'succeeded', 'refused'] as const;
export type AttemptOutcome = (typeof attemptOutcomes)[number];

const stepOutcomes = ['passed', 'failed', 'skipped'] as const;
export type StepOutcome = (typeof stepOutcomes)[number];

/** What a sign-in was started with. */
export const attemptRoutes = ['domain', 'email', 'organization', 'invitation'] as const;
export type AttemptRoute = (typeof attemptRoutes)[number];

const Nullable = <Schema extends Parameters<typeof Type.Union>[0][number]>(schema: Schema) =>
  Type.Union([schema, Type.Null()]);

const AttemptFact = Type.Object({
  code: Type.String({ description: 'The stable name of the fact. Later versions add codes.' }),
  parameters: Type.Record(Type.String(), Type.Unknown(), { description: 'The values that the fact names.' }),
});

const Step = Type.Object({
  name: Type.Enum(attemptStepNames),
  outcome: Type.Enum(stepOutcomes),
  expected: Type.Optional(Type.String({ description: '`expectedFact` as an English text.' })),
  expectedFact: Type.Optional(AttemptFact),
  found: Type.Optional(Type.String({ description: '`foundFact` as an English text.' })),
  foundFact: Type.Optional(AttemptFact),
  durationMs: Type.Integer({ description: 'The time since the step before it.' }),
});

const Explanation = Type.Object({
  whatHappened: Type.String(),
  whatToDo: Nullable(Type.String({ description: '`null` if no action is needed.' })),
});
export type Explanation = Static<typeof Explanation>;

const summaryShape = {
  id: Id,
  outcome: Type.Enum(attemptOutcomes),
  code: Nullable(Type.String({ description: 'The error code.' })),
  message: Nullable(Type.String({ description: 'The message that the member saw.' })),
  startedAt: Timestamp,
  finishedAt: Nullable(Timestamp),
  durationMs: Nullable(Type.Integer({ description: 'Includes the user’s time at the identity provider.' })),
  userId: Nullable(Type.String()),
  email: Nullable(
    Type.String({
      description: 'The e-mail address of the account. `null` if the sign-in was refused before an account was known.',
    }),
  ),
  ipAddress: Type.String(),
  userAgent: Type.String(),
  explanation: Explanation,
};

const LoginAttemptSummary = Type.Object(summaryShape);
export type LoginAttemptSummary = Static<typeof LoginAttemptSummary>;

const LoginAttempt = Type.Object({
  ...summaryShape,
  organizationId: Id,
  route: Nullable(
    Type.Object({
      by: Type.Enum(attemptRoutes),
      reason: Type.String(),
      configRevision: Type.Integer(),
    }),
  ),
  steps: Type.Array(Step),
  provisioning: Nullable(
    Type.Object({
      decision: Type.Enum(['known', 'linked', 'relinked', 'rejoined', 'provisioned', 'refused']),
      reason: Type.String(),
      changedFields: Type.Array(Type.String()),
    }),
  ),
  groups: Nullable(
    Type.Object({
      isManaged: Type.Boolean({ description: 'Whether sign-ins of this organization set group memberships.' }),
      byAbsence: Type.Boolean({
        description: 'Whether the claim was absent and this connection treats that as empty.',
      }),
      claim: Type.String({ description: '`present`, `empty`, `absent`, `unavailable`, `overage` or `malformed`.' }),
      named: Type.Integer({ description: 'The number of groups in the claim.' }),
      unmatched: Nullable(
        Type.Integer({ description: 'The number of groups in the claim that this organization does not have.' }),
      ),
      added: Type.Array(Type.String()),
      removed: Type.Array(Type.String()),
      reason: Type.String(),
    }),
  ),
});
export type LoginAttempt = Static<typeof LoginAttempt>;

const base = '/api/v1/sso/oidc/login-attempts';
const shared = { tag: 'OIDC SSO', access: 'organization', limit: 'read', method: 'GET' } as const;
const organizationId = Type.Optional(AnyIdentifier);

/** The endpoints for the records of sign-ins. Admins of the organization use them. */
export const loginAttemptRoutes = {
  listLoginAttempts: {
    ...shared,
    url: base,
    operationId: 'listLoginAttempts',
    summary: 'List the organization’s sign-in attempts, newest first',
    query: Type.Object({
      organizationId,
      outcome: Type.Optional(Type.Enum(attemptOutcomes)),
      code: Type.Optional(
        Text({
          lengthMin: 1,
          lengthMax: nameLengthMax,
          description: 'Only attempts that were refused with this error code.',
        }),
      ),
      userId: Type.Optional(AnyIdentifier),
      email: Type.Optional(Text({ lengthMin: 1, lengthMax: emailLengthMax })),
      startDate: Type.Optional(Moment),
      endDate: Type.Optional(Moment),
      ...pageQuery,
    }),
    list: 'loginAttempts',
    response: Type.Object({
      loginAttempts: Type.Array(LoginAttemptSummary),
      totalCount: TotalCount,
      omittedCount: Type.Integer({
        description:
          'Refused sign-ins of that period that were counted but not recorded, because there were too many in a minute.',
      }),
    }),
  },
  readLoginAttempt: {
    ...shared,
    url: `${base}/:attemptId`,
    operationId: 'readLoginAttempt',
    summary: 'Read the record of a sign-in attempt, step by step',
    params: Type.Object({ attemptId: AnyIdentifier }),
    query: Type.Object({ organizationId }),
    response: LoginAttempt,
  },
} as const satisfies Record<string, RouteContract>;

import { Type, type Static } from 'typebox';

import { UpdateOidcConfigBody } from './oidc-config.ts';
import type { RouteContract } from './route.ts';
import { Timestamp } from './shapes.ts';

/** The steps of a connection test, in order. */
export const connectionTestSteps = [
  'url',
  'dns',
  'tls',
  'discovery',
  'issuer',
  'endpoints',
  'algorithms',
  'pkce',
  'response',
  'scopes',
  'clientAuthentication',
  'keys',
  'authorization',
  'secret',
  'userinfo',
  'clock',
] as const;
export type ConnectionTestStepName = (typeof connectionTestSteps)[number];

const stepOutcomes = ['passed', 'warning', 'failed', 'skipped'] as const;

const { endSessions: _endSessions, ...testedFields } = UpdateOidcConfigBody.properties;

/** An organization and a proposed change of its connection. Without a proposal, the stored connection is tested. */
export const TestOidcConfigBody = Type.Object(testedFields);
export type TestOidcConfigBody = Static<typeof TestOidcConfigBody>;

const ConnectionTestStep = Type.Object({
  name: Type.Enum(connectionTestSteps),
  outcome: Type.Enum(stepOutcomes),
  expected: Type.Optional(Type.String()),
  found: Type.Optional(Type.String()),
  message: Type.String({ description: 'The meaning of the outcome, in a sentence or two.' }),
  action: Type.Optional(Type.String({ description: 'What to do about it, and where.' })),
});
export type ConnectionTestStep = Static<typeof ConnectionTestStep>;

export const ConnectionTestReport = Type.Object({
  ok: Type.Boolean({ description: 'Whether no step failed. Warnings do not count.' }),
  profile: Type.Optional(
    Type.Object(
      { id: Type.String(), name: Type.String() },
      { description: 'The kind of identity provider, if it was recognised.' },
    ),
  ),
  steps: Type.Array(ConnectionTestStep),
  testedAt: Timestamp,
  durationMs: Type.Integer(),
});
export type ConnectionTestReport = Static<typeof ConnectionTestReport>;

export const connectionTestRoutes = {
  testOidcConfig: {
    url: '/api/v1/sso/oidc/config/test',
    tag: 'OIDC SSO',
    access: 'organization',
    method: 'POST',
    operationId: 'testOidcConfig',
    breakGlass: 'allowed',
    summary: 'Test the stored connection, or a proposed change of it, without a user; nothing is stored',
    limit: 'write',
    body: TestOidcConfigBody,
    response: ConnectionTestReport,
  },
} as const satisfies Record<string, RouteContract>;

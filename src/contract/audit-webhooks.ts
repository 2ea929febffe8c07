import { Type, type Static } from 'typebox';

import { auditEventTypeLengthMax, auditWebhookEventTypesMax, urlLengthMax } from './limits.ts';
import type { RouteContract } from './route.ts';
import { AnyIdentifier, Id, Timestamp } from './shapes.ts';
import { Text } from './text.ts';

/** `failing`: the last attempt did not arrive, and others follow. `paused`: nothing is sent until an admin resumes it. */
const auditWebhookStatuses = ['active', 'failing', 'paused'] as const;

/** `gone`: the receiver answered 410. `failing`: it took nothing for days. */
export const auditWebhookPauseReasons = ['by_admin', 'gone', 'failing'] as const;
export type AuditWebhookPauseReason = (typeof auditWebhookPauseReasons)[number];

/**
 * Why an attempt did not arrive. An address that the outbound policy refuses and one that nobody listens on are the same
 * `unreachable`, so that nobody can map the operator's network by it.
 */
export const auditWebhookErrors = [
  'unreachable',
  'tls_refused',
  'redirected',
  'answer_invalid',
  'gone',
  'status_4xx',
  'status_5xx',
  'status_other',
  'secret_unreadable',
] as const;
export type AuditWebhookError = (typeof auditWebhookErrors)[number];

const MomentOrNever = Type.Union([Timestamp, Type.Null()]);

export const AuditWebhook = Type.Object({
  id: Id,
  orgId: Id,
  url: Type.String(),
  eventTypes: Type.Array(Type.String(), { description: 'Events that are delivered; empty for all.' }),
  isActive: Type.Boolean({ description: 'False while it is paused, whatever the reason.' }),
  status: Type.Enum(auditWebhookStatuses),
  pauseReason: Type.Union([Type.Enum(auditWebhookPauseReasons), Type.Null()]),
  lastAttemptAt: MomentOrNever,
  lastDeliveredAt: MomentOrNever,
  lastError: Type.Union([Type.Enum(auditWebhookErrors), Type.Null()]),
  attempts: Type.Integer({ description: 'Attempts at the message under way that did not arrive.' }),
  nextAttemptAt: Type.Union([Timestamp, Type.Null()], { description: '`null` while nothing waits for a repetition.' }),
  deliveredSequence: Type.Integer({ description: 'The receiver has the trail up to here.' }),
  pendingCount: Type.Integer({ description: 'Entries of the trail behind that.' }),
  missedCount: Type.Integer({ description: 'Entries that the operator pruned before they were delivered.' }),
  previousSecretUntil: Type.Union([Timestamp, Type.Null()], {
    description: 'Until then messages carry a signature with the secret before the last rotation, too.',
  }),
  createdAt: Timestamp,
  updatedAt: Timestamp,
});
export type AuditWebhook = Static<typeof AuditWebhook>;

const Url = Text({ lengthMin: 1, lengthMax: urlLengthMax, examples: ['https://siem.acme.example/sallyport'] });
const EventTypes = Type.Array(Text({ lengthMin: 1, lengthMax: auditEventTypeLengthMax }), {
  maxItems: auditWebhookEventTypesMax,
  description: 'Events that are to be delivered; empty for all.',
});

export const CreateAuditWebhookBody = Type.Object({
  url: Url,
  eventTypes: Type.Optional(EventTypes),
  isActive: Type.Optional(Type.Boolean({ default: true })),
  after: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: Number.MAX_SAFE_INTEGER,
      description: 'Deliver the entries after this sequence, such as the cursor of an export; left out, new ones.',
    }),
  ),
});
export type CreateAuditWebhookBody = Static<typeof CreateAuditWebhookBody>;

export const UpdateAuditWebhookBody = Type.Object({
  url: Type.Optional(Url),
  eventTypes: Type.Optional(EventTypes),
  isActive: Type.Optional(Type.Boolean({ description: '`false` pauses it, `true` resumes it.' })),
});
export type UpdateAuditWebhookBody = Static<typeof UpdateAuditWebhookBody>;

const ShownSecret = Type.String({ description: 'The signing secret, `whsec_…`. It is shown this once.' });
const OneWebhook = Type.Object({ auditWebhook: AuditWebhook });
const params = Type.Object({ organizationId: AnyIdentifier });
const shared = { tag: 'Audit webhook', access: 'organization', params } as const;
const url = '/api/v1/organization/:organizationId/audit-webhook';

export const auditWebhookRoutes = {
  createAuditWebhook: {
    ...shared,
    method: 'POST',
    url,
    operationId: 'createAuditWebhook',
    summary: "Have the organization's audit trail delivered to a URL",
    limit: 'write',
    body: CreateAuditWebhookBody,
    response: Type.Object({ auditWebhook: AuditWebhook, secret: ShownSecret }),
  },
  readAuditWebhook: {
    ...shared,
    method: 'GET',
    url,
    operationId: 'readAuditWebhook',
    summary: 'Read where the audit trail is delivered to, and how far that has come',
    limit: 'read',
    response: OneWebhook,
  },
  updateAuditWebhook: {
    ...shared,
    method: 'PATCH',
    url,
    operationId: 'updateAuditWebhook',
    summary: 'Change, pause or resume the delivery of the audit trail',
    limit: 'write',
    body: UpdateAuditWebhookBody,
    response: Type.Object({
      auditWebhook: AuditWebhook,
      secret: Type.Optional(
        Type.String({ description: 'A new signing secret: only when the URL moved to another origin.' }),
      ),
    }),
  },
  deleteAuditWebhook: {
    ...shared,
    method: 'DELETE',
    url,
    operationId: 'deleteAuditWebhook',
    summary: 'End the delivery of the audit trail',
    limit: 'write',
    response: OneWebhook,
  },
  rotateAuditWebhookSecret: {
    ...shared,
    method: 'POST',
    url: `${url}/rotate-secret`,
    operationId: 'rotateAuditWebhookSecret',
    summary: 'Make another signing secret; the one before signs besides for a day',
    limit: 'write',
    response: Type.Object({ auditWebhook: AuditWebhook, secret: ShownSecret }),
  },
  testAuditWebhook: {
    ...shared,
    method: 'POST',
    url: `${url}/test`,
    operationId: 'testAuditWebhook',
    summary: 'Send a signed test message now, and say whether it arrived',
    limit: 'write',
    response: Type.Object({ outcome: Type.Enum(['delivered', ...auditWebhookErrors]) }),
  },
} as const satisfies Record<string, RouteContract>;

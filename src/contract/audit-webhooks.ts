import { Type, type Static } from 'typebox';

import { auditEventTypeLengthMax, auditWebhookEventTypesMax, urlLengthMax } from './limits.ts';
import type { RouteContract } from './route.ts';
import { AnyIdentifier, Id, Timestamp } from './shapes.ts';
import { Text } from './text.ts';

/**
 * `failing`: the last delivery failed, and the server tries again. `paused`: nothing is sent until an admin resumes the
 * webhook.
 */
const auditWebhookStatuses = ['active', 'failing', 'paused'] as const;

/** `gone`: the receiver responded with 410. `failing`: every delivery failed for days. */
export const auditWebhookPauseReasons = ['by_admin', 'gone', 'failing'] as const;
export type AuditWebhookPauseReason = (typeof auditWebhookPauseReasons)[number];

/**
 * Why a delivery failed. A refused address and a closed port are both `unreachable`, so that a tenant cannot use the
 * difference to map the operator's network.
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
  eventTypes: Type.Array(Type.String(), { description: 'Event types that are delivered. Empty for all.' }),
  isActive: Type.Boolean({ description: '`false` while the webhook is paused, for any reason.' }),
  status: Type.Enum(auditWebhookStatuses),
  pauseReason: Type.Union([Type.Enum(auditWebhookPauseReasons), Type.Null()]),
  lastAttemptAt: MomentOrNever,
  lastDeliveredAt: MomentOrNever,
  lastError: Type.Union([Type.Enum(auditWebhookErrors), Type.Null()]),
  attempts: Type.Integer({ description: 'Failed deliveries of the current message.' }),
  nextAttemptAt: Type.Union([Timestamp, Type.Null()], {
    description: 'When the next delivery is tried. `null` if none is waiting.',
  }),
  deliveredSequence: Type.Integer({ description: 'The last entry that the receiver has.' }),
  pendingCount: Type.Integer({ description: 'Entries after that one.' }),
  missedCount: Type.Integer({ description: 'Entries that the operator pruned before they were delivered.' }),
  previousSecretUntil: Type.Union([Timestamp, Type.Null()], {
    description: 'Until then, messages also carry a signature with the previous secret.',
  }),
  createdAt: Timestamp,
  updatedAt: Timestamp,
});
export type AuditWebhook = Static<typeof AuditWebhook>;

const Url = Text({ lengthMin: 1, lengthMax: urlLengthMax, examples: ['https://siem.acme.example/sallyport'] });
const EventTypes = Type.Array(Text({ lengthMin: 1, lengthMax: auditEventTypeLengthMax }), {
  maxItems: auditWebhookEventTypesMax,
  description: 'Event types to deliver. Empty for all.',
});

export const CreateAuditWebhookBody = Type.Object({
  url: Url,
  eventTypes: Type.Optional(EventTypes),
  isActive: Type.Optional(Type.Boolean({ default: true })),
  after: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: Number.MAX_SAFE_INTEGER,
      description:
        'Deliver the entries after this sequence, such as the cursor of an export. By default only new entries are delivered.',
    }),
  ),
});
export type CreateAuditWebhookBody = Static<typeof CreateAuditWebhookBody>;

export const UpdateAuditWebhookBody = Type.Object({
  url: Type.Optional(Url),
  eventTypes: Type.Optional(EventTypes),
  isActive: Type.Optional(Type.Boolean({ description: '`false` pauses the webhook, `true` resumes it.' })),
});
export type UpdateAuditWebhookBody = Static<typeof UpdateAuditWebhookBody>;

const ShownSecret = Type.String({ description: 'The signing secret, `whsec_…`. It is shown only once.' });
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
    summary: "Deliver the organization's audit trail to a URL",
    limit: 'write',
    body: CreateAuditWebhookBody,
    response: Type.Object({ auditWebhook: AuditWebhook, secret: ShownSecret }),
  },
  readAuditWebhook: {
    ...shared,
    method: 'GET',
    url,
    operationId: 'readAuditWebhook',
    summary: 'Read the audit webhook and how far it has delivered',
    limit: 'read',
    response: OneWebhook,
  },
  updateAuditWebhook: {
    ...shared,
    method: 'PATCH',
    url,
    operationId: 'updateAuditWebhook',
    summary: 'Change, pause or resume the audit webhook',
    limit: 'write',
    body: UpdateAuditWebhookBody,
    response: Type.Object({
      auditWebhook: AuditWebhook,
      secret: Type.Optional(
        Type.String({ description: 'A new signing secret. Returned only if the URL moved to another web origin.' }),
      ),
    }),
  },
  deleteAuditWebhook: {
    ...shared,
    method: 'DELETE',
    url,
    operationId: 'deleteAuditWebhook',
    summary: 'Delete the audit webhook',
    limit: 'write',
    response: OneWebhook,
  },
  rotateAuditWebhookSecret: {
    ...shared,
    method: 'POST',
    url: `${url}/rotate-secret`,
    operationId: 'rotateAuditWebhookSecret',
    summary: 'Create a new signing secret. The previous one also signs for a day',
    limit: 'write',
    response: Type.Object({ auditWebhook: AuditWebhook, secret: ShownSecret }),
  },
  testAuditWebhook: {
    ...shared,
    method: 'POST',
    url: `${url}/test`,
    operationId: 'testAuditWebhook',
    summary: 'Send a signed test message now, and report whether it arrived',
    limit: 'write',
    response: Type.Object({ outcome: Type.Enum(['delivered', ...auditWebhookErrors]) }),
  },
} as const satisfies Record<string, RouteContract>;

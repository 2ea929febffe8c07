import { Type, type Static } from 'typebox';

import {
  auditEntriesCountedMax,
  auditEventTypeLengthMax,
  auditExportLinesMax,
  auditOffsetMax,
  auditPageSizeMax,
} from './limits.ts';
import type { RouteContract } from './route.ts';
import { AnyIdentifier, Id, Moment, Timestamp } from './shapes.ts';
import { Text } from './text.ts';

/** The actor types of the audit trail. */
const auditActorTypes = ['user', 'identity', 'identity-provider', 'anonymous', 'server'] as const;

const Facts = Type.Record(Type.String(), Type.Unknown());

export const AuditLog = Type.Object({
  id: Id,
  createdAt: Timestamp,
  orgId: Type.Union([Id, Type.Null()], { description: "`null` in the server's own trail." }),
  actor: Type.Object({ type: Type.String(), metadata: Facts }),
  event: Type.Object({
    type: Type.String(),
    metadata: Facts,
    reasonText: Type.Optional(Type.String({ description: 'The `reason` in the metadata as an English text.' })),
  }),
  ipAddress: Type.String(),
  userAgent: Type.String(),
  sequence: Type.Integer({ description: 'The position of the entry in its trail: 1, 2, 3…' }),
  hash: Type.String({ description: 'SHA-256 over the entry and the hash before it; see `docs/audit.md`.' }),
});
export type AuditLog = Static<typeof AuditLog>;

const scopeShape = {
  organizationId: Type.Optional(AnyIdentifier),
  scope: Type.Optional(
    Type.Enum(['organization', 'server'], {
      description: "`server` is the server's own trail. Only instance admins can read it.",
    }),
  ),
};

const shared = { tag: 'Audit logs', access: 'organization', limit: 'read' } as const;

export const auditLogRoutes = {
  listAuditLogs: {
    ...shared,
    method: 'GET',
    url: '/api/v1/organization/audit-logs',
    operationId: 'listAuditLogs',
    summary: 'Read the audit trail, newest first',
    query: Type.Object({
      ...scopeShape,
      eventType: Type.Optional(Text({ lengthMin: 1, lengthMax: auditEventTypeLengthMax })),
      actorType: Type.Optional(Type.Enum(auditActorTypes)),
      startDate: Type.Optional(Moment),
      endDate: Type.Optional(Moment),
      offset: Type.Optional(Type.Integer({ minimum: 0, maximum: auditOffsetMax, default: 0 })),
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: auditPageSizeMax, default: 20 })),
    }),
    list: 'auditLogs',
    response: Type.Object({
      auditLogs: Type.Array(AuditLog),
      totalCount: Type.Integer({
        description: `The number of matching entries on all pages together. With a filter, at most ${auditEntriesCountedMax} are counted.`,
      }),
    }),
  },
  exportAuditLogs: {
    ...shared,
    method: 'GET',
    url: '/api/v1/organization/audit-logs/export',
    operationId: 'exportAuditLogs',
    summary: 'Export the audit trail, oldest first, one JSON object per line',
    query: Type.Object({
      ...scopeShape,
      after: Type.Optional(
        Type.Integer({
          minimum: 0,
          maximum: Number.MAX_SAFE_INTEGER,
          default: 0,
          description: 'The cursor: the `sequence` of the last line that you received.',
        }),
      ),
      limit: Type.Optional(Type.Integer({ minimum: 1, maximum: auditExportLinesMax, default: auditExportLinesMax })),
    }),
    response: Type.String(),
    responseType: 'application/x-ndjson',
  },
} as const satisfies Record<string, RouteContract>;

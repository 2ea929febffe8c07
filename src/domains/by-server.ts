import type { AuditActor } from '../audit/events.ts';
import type { RequestOrigin } from '../contract/actor.ts';

/** The server itself, as the audit trail names who did what nobody asked for: it has no address. */
export const byServer: { readonly actor: AuditActor; readonly origin: RequestOrigin } = {
  actor: { type: 'server', metadata: {} },
  origin: { ipAddress: '', userAgent: '' },
};

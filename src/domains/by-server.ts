import type { AuditActor } from '../audit/events.ts';
import type { ClientInfo } from '../contract/actor.ts';

/** The server itself, as the audit trail names who did what nobody asked for: it has no address. */
export const byServer: { readonly actor: AuditActor; readonly clientInfo: ClientInfo } = {
  actor: { type: 'server', metadata: {} },
  clientInfo: { ipAddress: '', userAgent: '' },
};

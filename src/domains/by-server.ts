import type { AuditActor } from '../audit/events.ts';
import type { ClientInfo } from '../contract/actor.ts';

/** The server itself as the actor of an audit entry without a caller. It has no IP address. */
export const byServer: { readonly actor: AuditActor; readonly clientInfo: ClientInfo } = {
  actor: { type: 'server', metadata: {} },
  clientInfo: { ipAddress: '', userAgent: '' },
};

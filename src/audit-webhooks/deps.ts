import type { AuditedDatabase } from '../audit/audited-database.ts';
import type { AppendAudit } from '../audit/append.ts';
import type { Actor, ClientInfo } from '../contract/actor.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Random } from '../kernel/random.ts';
import type { GuardedFetch } from '../outbound/guarded-fetch.ts';
import type { OutboundPolicy } from '../outbound/outbound-policy.ts';
import type { Keyring } from '../storage/keys/keyring.ts';

/** The dependencies of the use cases in this folder. */
export interface AuditWebhooksDeps {
  readonly database: AuditedDatabase;
  readonly audit: AppendAudit;
  readonly clock: Clock;
  readonly random: Random;
  readonly keyring: Keyring;
  /** An HTTP client of its own, so that a receiver that hangs takes no slot from sign-ins. */
  readonly outbound: { readonly policy: OutboundPolicy; readonly fetch: GuardedFetch };
}

/** The caller, their client, and the organization. */
export interface WebhookCall {
  readonly actor: Actor;
  readonly clientInfo: ClientInfo;
  readonly organizationId: string;
}

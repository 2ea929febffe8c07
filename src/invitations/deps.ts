import type { AuditedDatabase } from '../audit/audited-database.ts';
import type { AppendAudit } from '../audit/append.ts';
import type { Actor, ClientInfo } from '../contract/actor.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Random } from '../kernel/random.ts';
import type { QueueMail } from './queue-mail.ts';
import type { Foresee } from './warnings.ts';

/** What changes of invitations need. */
export interface InvitationsDeps {
  readonly database: AuditedDatabase;
  readonly audit: AppendAudit;
  readonly clock: Clock;
  readonly random: Random;
  /** The public address of this server, which links begin with. */
  readonly site: string;
  readonly queueMail: QueueMail;
  /** What a sign-in will say about an address. */
  readonly foresee: Foresee;
}

/** Who asks, and for which organization. */
export interface Caller {
  readonly actor: Actor;
  readonly clientInfo: ClientInfo;
  readonly organizationId: string;
}

/** An invitation of an organization, as a caller names it. */
export interface NamedInvitation extends Caller {
  readonly invitationId: string;
}

import type { AuditedDatabase } from '../audit/audited-database.ts';
import type { AppendAudit } from '../audit/append.ts';
import type { Actor, ClientInfo } from '../contract/actor.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Random } from '../kernel/random.ts';
import type { QueueMail } from './queue-mail.ts';
import type { Foresee } from './warnings.ts';

/** The dependencies of changes to invitations. */
export interface InvitationsDeps {
  readonly database: AuditedDatabase;
  readonly audit: AppendAudit;
  readonly clock: Clock;
  readonly random: Random;
  /** The public web origin of this server, with which links begin. */
  readonly site: string;
  readonly queueMail: QueueMail;
  /** Predicts the sign-in of an address. */
  readonly foresee: Foresee;
}

/** The caller and the organization. */
export interface Caller {
  readonly actor: Actor;
  readonly clientInfo: ClientInfo;
  readonly organizationId: string;
}

/** An invitation as a caller names it. */
export interface NamedInvitation extends Caller {
  readonly invitationId: string;
}

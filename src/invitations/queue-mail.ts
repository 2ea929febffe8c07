import { parseEmailAddress } from '../contract/email-address.ts';
import { freeMailDomains } from '../domains/free-mail-domains.ts';
import type { Clock } from '../kernel/clock.ts';
import { sha256Hex } from '../kernel/digest.ts';
import type { Logger } from '../kernel/logger.ts';
import type { Random } from '../kernel/random.ts';
import type { Message } from '../mail/create-mailer.ts';
import { findOrganization } from '../access/queries.ts';
import { asId, type OrganizationId } from '../contract/ids.ts';
import type { Tx } from '../storage/database.ts';
import type { Keyring } from '../storage/keys/keyring.ts';
import {
  mailNameLengthMax,
  mailPauseSeconds,
  mailsPerDomainDayMax,
  mailsPerMailboxDayMax,
  mailsPerOrganizationHourMax,
} from './mail-limits.ts';
import { countMailsSince, hasGot, hasWrittenTo, insertMail } from './mail-queries.ts';
import { mailboxOf } from './mailbox-of.ts';

/** The content of an invitation message. */
export interface MailedInvitation {
  readonly organization_id: string;
  readonly email: string;
  readonly email_key: string;
  readonly inviter_name: string;
  readonly expires_at: number;
}

/** Whether a message will contain the link: it is queued, no mail server is configured, or a limit is reached. */
export type QueuedMail =
  | { readonly kind: 'queued'; readonly id: string }
  | { readonly kind: 'none' }
  | { readonly kind: 'limited'; readonly by: 'organization' | 'address' };

/** Queues the message with the link, in the transaction that created the link. */
export type QueueMail = (tx: Tx, invitation: MailedInvitation, link: string) => Promise<QueuedMail>;

/** Without a mail server, the admin sends the link. */
export const queueNoMail: QueueMail = () => Promise.resolve({ kind: 'none' });

/** The columns of an invitation about its message. */
export function mailColumns(mail: QueuedMail) {
  return {
    mail_id: mail.kind === 'queued' ? mail.id : null,
    mail_limit: mail.kind === 'limited' ? mail.by : null,
  };
}

/** The organization that owns a domain. */
type OwnerOf = (tx: Tx, domain: string) => Promise<string | undefined>;

export function createMailQueue({
  keyring,
  clock,
  random,
  logger,
  ownerOf,
}: {
  keyring: Keyring;
  clock: Clock;
  random: Random;
  logger: Logger;
  ownerOf: OwnerOf;
}): QueueMail {
  return async (tx, invitation, link) => {
    const nowMs = clock.nowMs();
    const { organization_id: organizationId, email_key: emailKey } = invitation;
    const hourAgoMs = nowMs - 3_600_000;
    const limited = (by: 'organization' | 'address') => {
      logger.warn({ organizationId, limit: by }, 'an invitation message was not sent: a mail limit is reached');
      return { kind: 'limited', by } as const;
    };
    if ((await countMailsSince(tx, organizationId, hourAgoMs)) >= mailsPerOrganizationHourMax) {
      return limited('organization');
    }
    const hashes = hashesOf(emailKey);
    if (await hasHadItsShare(tx, { organizationId, hashes, nowMs })) return limited('address');
    if (await hasDomainHadItsShare(tx, { organizationId, emailKey, hashes, nowMs, ownerOf })) return limited('address');
    const organization = await findOrganization(tx, asId<OrganizationId>(organizationId));
    const id = random.uuid();
    const message = compose({ ...invitation, id, link, organizationName: organization?.name ?? '' });
    await insertMail(tx, {
      id,
      organization_id: organizationId,
      ...hashes,
      sealed_message: keyring.seal(JSON.stringify(message), mailPurpose(id)),
      status: 'queued',
      attempt_count: 0,
      next_attempt_at: nowMs,
      created_at: nowMs,
      updated_at: nowMs,
    });
    return { kind: 'queued', id };
  };
}

const dayMs = 86_400_000;

/** The keys that messages are counted by. */
interface Hashes {
  readonly address_hash: string;
  readonly mailbox_hash: string;
  readonly domain_hash: string;
}

function hashesOf(emailKey: string): Hashes {
  return {
    address_hash: sha256Hex(`mail:${emailKey}`),
    mailbox_hash: sha256Hex(`mailbox:${mailboxOf(emailKey)}`),
    domain_hash: sha256Hex(`mail-domain:${domainOf(emailKey)}`),
  };
}

function domainOf(emailKey: string): string {
  return emailKey.slice(emailKey.lastIndexOf('@') + 1);
}

// The mailbox across all organizations, and for a while the address in this one.
async function hasHadItsShare(
  tx: Tx,
  { organizationId, hashes, nowMs }: { organizationId: string; hashes: Hashes; nowMs: number },
): Promise<boolean> {
  const pause = { addressHash: hashes.address_hash, organizationId, sinceMs: nowMs - mailPauseSeconds * 1000 };
  if (await hasWrittenTo(tx, pause)) return true;
  const sinceMs = nowMs - dayMs;
  return hasGot(tx, { column: 'mailbox_hash', hash: hashes.mailbox_hash, sinceMs, count: mailsPerMailboxDayMax });
}

// The limit per domain does not apply to mail providers and to the owner of the domain.
async function hasDomainHadItsShare(
  tx: Tx,
  question: { organizationId: string; emailKey: string; hashes: Hashes; nowMs: number; ownerOf: OwnerOf },
): Promise<boolean> {
  const { organizationId, emailKey, hashes, nowMs, ownerOf } = question;
  const domain = domainOf(emailKey);
  if (freeMailDomains.has(domain)) return false;
  const got = { column: 'domain_hash', hash: hashes.domain_hash, sinceMs: nowMs - dayMs } as const;
  if (!(await hasGot(tx, { ...got, count: mailsPerDomainDayMax }))) return false;
  return (await ownerOf(tx, domain)) !== organizationId;
}

/** The associated data of an encrypted message. */
export function mailPurpose(id: string): string {
  return `mail:${id}`;
}

type Letter = MailedInvitation & { readonly id: string; readonly link: string; readonly organizationName: string };

// The message is plain text, so it has no markup. But mail programs turn text into links, and a name must not become
// one: the only link is ours.
function compose({ id, email, link, organizationName, inviter_name, expires_at }: Letter): Message {
  const [organization, inviter] = [organizationName, inviter_name].map(asName);
  const until = `${new Date(expires_at).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
  const text = [
    `${inviter} invited you to ${organization}.`,
    '',
    `Open this link to join. It is valid until ${until}, for this address only:`,
    '',
    link,
    '',
    'If you did not expect this invitation, you can ignore it.',
    '',
  ].join('\n');
  return { id, to: email, subject: `You are invited to ${organization}`, text };
}

// One line, without control characters, and limited in length. An address is never cut, because it could become another
// one.
function asName(text: string): string {
  const line = text.replaceAll(/[\p{C}\p{Zl}\p{Zp}\s]+/gu, ' ').trim();
  const isAddress = parseEmailAddress(line).ok && !line.includes('/');
  return isAddress ? line : Array.from(line).slice(0, mailNameLengthMax).join('').replaceAll(linkMark, '$& ').trim();
}

// The characters that join an address or a host, in ASCII and as mail programs interpret others (UTS 46, section 4).
const linkMark = /[.:/\\@\u3002\uff0e\uff61\u2024\uff0f\uff1a\uff20](?=\S)/gu;

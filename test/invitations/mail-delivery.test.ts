import { randomBytes, randomUUID } from 'node:crypto';

import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';

import { deliverMails } from '../../src/invitations/deliver-mails.ts';
import { mailsPerRound } from '../../src/invitations/mail-limits.ts';
import { createMailQueue, type QueueMail } from '../../src/invitations/queue-mail.ts';
import { claimDueMails, withdrawMail } from '../../src/invitations/mail-queries.ts';
import { sha256Hex } from '../../src/kernel/digest.ts';
import { silentLogger } from '../../src/kernel/logger.ts';
import { systemRandom } from '../../src/kernel/random.ts';
import { Secret } from '../../src/kernel/secret.ts';
import { createMailer } from '../../src/mail/create-mailer.ts';
import { type Keyring, openKeyring } from '../../src/storage/keys/keyring.ts';
import { organizationRow } from '../storage/rows.ts';
import { createTestDatabase, engines, type TestDatabase } from '../support/databases.ts';
import { type PracticeMail, startPracticeMail } from '../support/practice-mail.ts';
import { createStillClock } from '../support/still-clock.ts';

/** The text of a message, out of its transfer encoding. */
function wordsOf(source: string): string {
  const body = source.slice(source.indexOf('\r\n\r\n') + 4);
  if (/^content-transfer-encoding: base64/im.test(source)) return Buffer.from(body, 'base64').toString('utf8');
  return Buffer.from(
    body.replaceAll(/=([0-9A-F]{2})/g, (_match, hex: string) => String.fromCharCode(parseInt(hex, 16))),
    'latin1',
  ).toString('utf8');
}

const from = 'sso@sallyport.example';
const link = `https://sso.example/invitation?token=${'x'.repeat(43)}`;

describe.each(engines)('invitation mail (%s)', (engine) => {
  const clock = createStillClock();
  let opened: TestDatabase;
  let keyring: Keyring;
  let mail: PracticeMail;
  let queue: QueueMail;
  let owner: string | undefined;
  const warnings: unknown[] = [];
  const logger = { ...silentLogger, warn: (fields: object) => void warnings.push(fields) };

  beforeAll(async () => {
    opened = await createTestDatabase(engine);
    const { database } = opened;
    const rootKey = { id: 'root', bytes: randomBytes(32) };
    keyring = await openKeyring({ database, rootKey, clock, random: systemRandom });
    mail = await startPracticeMail({ login: { user: 'sallyport', pass: 'p@ss word' } });
    queue = createMailQueue({ keyring, clock, random: systemRandom, logger, ownerOf: async () => owner });
  });
  beforeEach(() => {
    owner = undefined;
    mail.answer = 250;
    clock.advanceSeconds(86_400);
  });
  afterAll(async () => {
    await mail.close();
    await opened.destroy();
  });

  const mailer = (change: { port?: number; password?: string } = {}) => {
    const { port = mail.port, password = 'p@ss word' } = change;
    const login = { user: 'sallyport', password: new Secret(password) };
    return createMailer({ host: '127.0.0.1', port, isImplicitTls: false, tls: 'optional', login }, from);
  };
  const round = async (by = mailer()) =>
    deliverMails({ database: opened.database, keyring, clock, logger: silentLogger, mailer: by });
  const rowOf = async (id: string | undefined) =>
    opened.database.db
      .selectFrom('mail_outbox')
      .selectAll()
      .where('id', '=', id ?? '')
      .executeTakeFirstOrThrow();

  async function addOrganization(name = 'Acme'): Promise<string> {
    const row = organizationRow({ name });
    await opened.database.transaction((tx) => tx.insertInto('organizations').values(row).execute());
    return row.id;
  }

  /** Queues a message as an invitation does. */
  async function send(organization_id: string, change: { email?: string; inviter?: string } = {}) {
    const { email = `${randomUUID()}@guests.example`, inviter = 'admin@acme.example' } = change;
    const row = {
      organization_id,
      email,
      email_key: email.toLowerCase(),
      inviter_name: inviter,
      expires_at: clock.nowMs() + 1000,
    };
    return opened.database.transaction(async (tx) => {
      const queued = await queue(tx, row, link);
      const id = queued.kind === 'queued' ? queued.id : undefined;
      const rest = { role: 'member', group_ids: '[]', status: 'revoked', token_hash: randomUUID() } as const;
      const inviterColumns = { inviter_kind: 'user', inviter_id: randomUUID() } as const;
      const times = { created_at: clock.nowMs(), updated_at: clock.nowMs() };
      const ids = { id: randomUUID(), mail_id: id ?? null, accepted_user_id: null };
      await tx
        .insertInto('invitations')
        .values({ ...row, ...rest, ...inviterColumns, ...times, ...ids })
        .execute();
      return id;
    });
  }

  it('is encrypted while it waits, contains the link, and leaves nothing behind', async () => {
    const id = await send(await addOrganization(), { email: 'zoe@guests.example' });
    expect(JSON.stringify(await rowOf(id))).not.toMatch(/guests|token/);
    const taken = mail.next();
    await round();
    const message = await taken;
    expect(message).toMatchObject({ from, to: ['zoe@guests.example'] });
    for (const part of [
      link,
      'You are invited to Acme',
      'admin@acme.example invited you',
      `<${id}@sallyport.example>`,
    ]) {
      expect(message.source).toContain(part);
    }
    expect(message.source).toMatch(/^auto-submitted: auto-generated/im);
    expect(await rowOf(id)).toMatchObject({
      status: 'sent',
      sealed_message: '',
      attempt_count: 1,
      next_attempt_at: null,
    });
    const before = mail.taken.length;
    clock.advanceSeconds(86_400);
    await round();
    expect(mail.taken).toHaveLength(before);
  });

  it('waits while the mail server is down or busy, longer each time, and arrives once with one id', async () => {
    const id = await send(await addOrganization());
    const closed = await startPracticeMail();
    await closed.close();
    await round(mailer({ port: closed.port }));
    expect(await rowOf(id)).toMatchObject({
      status: 'queued',
      attempt_count: 1,
      next_attempt_at: clock.nowMs() + 60_000,
    });
    mail.answer = 451;
    await round();
    expect((await rowOf(id)).attempt_count).toBe(1);
    clock.advanceSeconds(60);
    await round();
    expect(await rowOf(id)).toMatchObject({
      status: 'queued',
      attempt_count: 2,
      next_attempt_at: clock.nowMs() + 120_000,
    });
    mail.answer = 250;
    clock.advanceSeconds(120);
    const taken = mail.next();
    await round();
    expect((await taken).source).toContain(`<${id}@sallyport.example>`);
    expect((await rowOf(id)).status).toBe('sent');
  });

  it('is given up if the mail server rejects it permanently', async () => {
    const id = await send(await addOrganization());
    mail.answer = 550;
    await round();
    expect(await rowOf(id)).toMatchObject({ status: 'failed', sealed_message: '' });
  });

  it('waits for the operator if the mail server rejects the login', async () => {
    const id = await send(await addOrganization());
    await round(mailer({ password: 'wrong' }));
    expect(await rowOf(id)).toMatchObject({ status: 'queued', attempt_count: 1 });
    await opened.database.transaction((tx) => withdrawMail(tx, id ?? null, clock.nowMs()));
    expect(await rowOf(id)).toMatchObject({ status: 'withdrawn', sealed_message: '' });
  });

  it('is not sent without TLS if TLS is required', async () => {
    const id = await send(await addOrganization());
    const before = mail.taken.length;
    const server = {
      host: '127.0.0.1',
      port: mail.port,
      isImplicitTls: false,
      tls: 'required',
      login: undefined,
    } as const;
    await round(createMailer(server, from));
    expect((await rowOf(id)).status).toBe('queued');
    expect(mail.taken).toHaveLength(before);
    await opened.database.transaction((tx) => withdrawMail(tx, id ?? null, clock.nowMs()));
  });

  it('H271: gets no header, recipient or line from a name', async () => {
    const hostile = 'Acme\r\nBcc: victim@elsewhere.example\r\n\r\nClick http://evil.example/ \u202e';
    const inviter = 'admin\r\n.\r\nMAIL FROM:<x@evil.example>';
    await send(await addOrganization(hostile), { inviter });
    const taken = mail.next();
    await round();
    const { to, source } = await taken;
    expect(to).toHaveLength(1);
    const [head, body] = [source.slice(0, source.indexOf('\r\n\r\n')), source.slice(source.indexOf('\r\n\r\n'))];
    expect(head).not.toMatch(/^bcc:/im);
    expect(body).not.toMatch(/^(?:bcc:|mail from|click|\.\r)/im);
    const refused = await mailer().send({ id: 'x', to: 'a@b.example', subject: 'a\r\nBcc: c@d.example', text: '' });
    expect(refused).toBe('refused');
  });

  it.each([
    'Acme: sign in at https://evil.example/login now',
    'www.evil.example',
    'evil.example/reset?for=you',
    'Click evil\u3002example or ｗｗｗ．evil．example',
    'mailto:boss@evil.example',
    'http:\\\\evil.example',
    'boss@evil.example/x',
    'evil\u200b.example\u202e/moc',
  ])('H271: contains no link except ours, whatever a name is: %s', async (name) => {
    await send(await addOrganization(name), { inviter: name });
    const taken = mail.next();
    await round();
    const text = wordsOf((await taken).source)
      .replaceAll(link, '')
      .replace(/It is valid until .*/, '');
    expect(text).toContain('invited you to');
    expect(text).not.toMatch(/[.:/\\@\u3002\uff0e\uff61](?=[^\s])/u);
  });

  it("shows the inviting user's full address and never half a character", async () => {
    const inviter = `${'a'.repeat(60)}@${'b'.repeat(60)}.example`;
    await send(await addOrganization('\u{1f600}'.repeat(200)), { inviter });
    const taken = mail.next();
    await round();
    const text = wordsOf((await taken).source);
    expect(text).toContain(`${inviter} invited you to ${'\u{1f600}'.repeat(80)}.`);
    expect(text).not.toContain('\ufffd');
  });

  it('is sent by one of two concurrent nodes', async () => {
    const organization = await addOrganization();
    const sent = await Promise.all(Array.from({ length: 12 }, async () => send(organization)));
    const before = mail.taken.length;
    await Promise.all([round(), round(), round()]);
    expect(mail.taken.length - before).toBe(12);
    for (const id of sent) expect(await rowOf(id)).toMatchObject({ status: 'sent', attempt_count: 1 });
  });

  it('is sent again if a node died before it recorded the delivery', async () => {
    const id = await send(await addOrganization());
    const dying = { send: () => Promise.reject(new Error('the process is gone')) };
    await expect(round(dying)).rejects.toThrow('gone');
    const before = mail.taken.length;
    await round();
    expect(mail.taken).toHaveLength(before);
    clock.advanceSeconds(300);
    await round();
    expect(mail.taken).toHaveLength(before + 1);
    expect((await rowOf(id)).status).toBe('sent');
  });

  it('is limited to a hundred messages an hour per organization and one in ten minutes per address', async () => {
    const organization = await addOrganization();
    const email = 'often@guests.example';
    expect(await send(organization, { email })).toBeTypeOf('string');
    expect(await send(organization, { email })).toBeUndefined();
    expect(warnings.at(-1)).toEqual({ organizationId: organization, limit: 'address' });
    clock.advanceSeconds(600);
    expect(await send(organization, { email })).toBeTypeOf('string');
    for (let sent = 2; sent < 100; sent += 1) await send(organization);
    expect(await send(organization)).toBeUndefined();
    expect(warnings.at(-1)).toEqual({ organizationId: organization, limit: 'organization' });
    expect(await send(await addOrganization())).toBeTypeOf('string');
    clock.advanceSeconds(3600);
    expect(await send(organization)).toBeTypeOf('string');
  });

  it('H328: is not delayed by another organization with many messages', async () => {
    const [busy, other] = [await addOrganization(), await addOrganization()];
    for (let sent = 0; sent < 3 * mailsPerRound; sent += 1) await send(busy);
    clock.advanceSeconds(60);
    const late = await send(other);
    const due = { nowMs: clock.nowMs(), leaseMs: 60_000, limit: mailsPerRound };
    const claimed = await opened.database.transaction((tx) => claimDueMails(tx, due));
    expect(claimed).toHaveLength(mailsPerRound);
    expect(claimed.map(({ id }) => id)).toContain(late);
  });

  it('H348: is limited to ten a day per mailbox, across organizations and tags', async () => {
    const sent: (string | undefined)[] = [];
    for (let count = 0; count < 14; count += 1) {
      sent.push(await send(await addOrganization(), { email: `tagged+${count}@guests.example` }));
    }
    expect(sent.filter((id) => id !== undefined)).toHaveLength(10);
  });

  it('H348: is limited to 500 a day per domain, unless the organization owns it or it is a mail provider', async () => {
    const nowMs = clock.nowMs();
    const organization = await addOrganization();
    for (const domain of ['flooded.example', 'gmail.com']) {
      const domain_hash = sha256Hex(`mail-domain:${domain}`);
      const times = { created_at: nowMs, updated_at: nowMs, next_attempt_at: null };
      const row = {
        organization_id: organization,
        address_hash: '',
        mailbox_hash: '',
        domain_hash,
        sealed_message: '',
        attempt_count: 1,
        ...times,
      };
      const rows = Array.from({ length: 500 }, () => ({ ...row, id: randomUUID(), status: 'sent' as const }));
      await opened.database.transaction((tx) => tx.insertInto('mail_outbox').values(rows).execute());
    }
    expect(await send(await addOrganization(), { email: 'anybody@flooded.example' })).toBeUndefined();
    expect(await send(await addOrganization(), { email: 'anybody@gmail.com' })).toBeTypeOf('string');
    owner = await addOrganization();
    expect(await send(owner, { email: 'anybody@flooded.example' })).toBeTypeOf('string');
  });

  it('is limited to ten a day per address, across organizations and spellings', async () => {
    const sent: (string | undefined)[] = [];
    for (const email of ['victim@guests.example', 'Victim@Guests.example']) {
      for (let count = 0; count < 8; count += 1) sent.push(await send(await addOrganization(), { email }));
    }
    expect(sent.filter((id) => id !== undefined)).toHaveLength(10);
    expect(await send(await addOrganization())).toBeTypeOf('string');
    clock.advanceSeconds(86_400);
    expect(await send(await addOrganization(), { email: 'victim@guests.example' })).toBeTypeOf('string');
  });

  it('counts even if its invitation was revoked, renewed or created again', async () => {
    const organization = await addOrganization();
    const email = 'again@guests.example';
    const id = await send(organization, { email });
    await opened.database.transaction((tx) => withdrawMail(tx, id ?? null, clock.nowMs()));
    await opened.database.transaction((tx) => tx.deleteFrom('invitations').where('email_key', '=', email).execute());
    expect(await send(organization, { email })).toBeUndefined();
  });
});

import { text } from 'node:stream/consumers';

import { SMTPServer } from 'smtp-server';

/** A message as the mail server received it. */
export interface TakenMail {
  readonly from: string;
  readonly to: readonly string[];
  /** Headers and body as they came over the wire, with quoted-printable soft breaks undone. */
  readonly source: string;
}

/** A real mail server on loopback. */
export interface PracticeMail {
  readonly port: number;
  readonly taken: readonly TakenMail[];
  /** Its response to a message: 250, or the code of a failure. */
  answer: 250 | 451 | 550;
  /** The next message that it receives. */
  next(): Promise<TakenMail>;
  close(): Promise<void>;
}

/** Starts a mail server; `login` is what it asks for, and it accepts a login without TLS too. */
export async function startPracticeMail({
  login,
}: { login?: { user: string; pass: string } } = {}): Promise<PracticeMail> {
  const taken: TakenMail[] = [];
  const waiting: ((mail: TakenMail) => void)[] = [];
  const mail = { answer: 250 as PracticeMail['answer'] };
  const server = new SMTPServer({
    disabledCommands: ['STARTTLS', ...(login === undefined ? ['AUTH'] : [])],
    authOptional: login === undefined,
    allowInsecureAuth: true,
    onAuth: ({ username, password }, _session, done) => {
      if (username === login?.user && password === login?.pass) done(null, { user: username });
      else done(Object.assign(new Error('no such login'), { responseCode: 535 }));
    },
    onData: (stream, { envelope }, done) => {
      void text(stream).then((source) => {
        if (mail.answer !== 250) return done(Object.assign(new Error('not now'), { responseCode: mail.answer }));
        const from = envelope.mailFrom === false ? '' : envelope.mailFrom.address;
        const message = { from, to: envelope.rcptTo.map(({ address }) => address), source: decoded(source) };
        taken.push(message);
        waiting.shift()?.(message);
        return done();
      });
    },
  });
  // A client that closes the connection is not a failure of the test.
  server.on('error', () => undefined);
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
  const address = server.server.address();
  return Object.assign(mail, {
    port: typeof address === 'object' && address !== null ? address.port : 0,
    taken,
    next: () => new Promise<TakenMail>((resolve) => void waiting.push(resolve)),
    close: () => new Promise<void>((resolve) => server.close(() => resolve())),
  });
}

function decoded(source: string): string {
  return source.replaceAll('=\r\n', '').replaceAll('=3D', '=');
}

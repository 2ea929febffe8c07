/**
 * Sending one message by SMTP (RFC 5321). Which messages there are, who queues them and when they are tried again is the
 * business of the features; what a message says is theirs too.
 */
import type { Secret } from '../kernel/secret.ts';

/** Where messages are handed over, and how. */
export interface SmtpServer {
  readonly host: string;
  readonly port: number;
  /** TLS from the first byte (RFC 8314, section 3.3); else STARTTLS (RFC 3207). */
  readonly isImplicitTls: boolean;
  /** Whether messages may go without TLS, and whatever the certificate says: on this computer, or as the operator said. */
  readonly tls: 'required' | 'optional';
  readonly login: { readonly user: string; readonly password: Secret } | undefined;
}

export interface Message {
  /** Kept at every attempt, so that a message which arrives twice is recognized (RFC 5322, section 3.6.4). */
  readonly id: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
}

/** `refused`: for good, so that trying again is of no use. `failed`: as of now. */
export type MailOutcome = 'sent' | 'refused' | 'failed';

export interface Mailer {
  send(message: Message): Promise<MailOutcome>;
}

const connectMsMax = 10_000;
const silenceMsMax = 20_000;

/** Makes the means to send messages of one sender. The library is loaded with the first message. */
export function createMailer(server: SmtpServer, from: string): Mailer {
  const { login, tls } = server;
  const options = {
    host: server.host,
    port: server.port,
    secure: server.isImplicitTls,
    requireTLS: tls === 'required',
    tls: { rejectUnauthorized: tls === 'required' },
    ...(login === undefined ? {} : { auth: { user: login.user, pass: login.password.expose() } }),
    connectionTimeout: connectMsMax,
    greetingTimeout: connectMsMax,
    dnsTimeout: connectMsMax,
    socketTimeout: silenceMsMax,
    // A message holds what is written into it, and nothing of this computer's or the network's.
    disableFileAccess: true,
    disableUrlAccess: true,
  };
  return {
    send: async ({ id, to, subject, text }) => {
      // No header may hold another one. The library encodes; that nothing is left to encode is ours to say.
      if (hasControl(to) || hasControl(subject)) return 'refused';
      const { createTransport } = await import('nodemailer');
      const transport = createTransport(options);
      try {
        const domain = from.slice(from.indexOf('@') + 1);
        await transport.sendMail({
          from: { name: 'Sallyport', address: from },
          to: { name: '', address: to },
          subject,
          text,
          messageId: `<${id}@${domain}>`,
          headers: { 'Auto-Submitted': 'auto-generated' },
        });
        return 'sent';
      } catch (thrown) {
        return isPermanent(thrown) ? 'refused' : 'failed';
      } finally {
        transport.close();
      }
    },
  };
}

const control = /\p{Cc}/u;

function hasControl(text: string): boolean {
  return control.test(text);
}

// RFC 5321, section 4.2.1: a reply of the class 5 is not to be tried again. That holds for what it says of the addresses
// and of the message; a login or TLS that is refused is the operator's to repair, and the messages wait for that.
function isPermanent(thrown: unknown): boolean {
  if (!(thrown instanceof Error) || !('responseCode' in thrown) || !('code' in thrown)) return false;
  const isAboutMessage = thrown.code === 'EENVELOPE' || thrown.code === 'EMESSAGE';
  return isAboutMessage && typeof thrown.responseCode === 'number' && thrown.responseCode >= 500;
}

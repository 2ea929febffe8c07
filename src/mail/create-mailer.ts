/** Sends one message by SMTP (RFC 5321). The features decide the content, the queue and the retries. */
import type { Secret } from '../kernel/secret.ts';

/** The mail server and the transport. */
export interface SmtpServer {
  readonly host: string;
  readonly port: number;
  /** TLS from the first byte (RFC 8314, section 3.3), otherwise STARTTLS (RFC 3207). */
  readonly isImplicitTls: boolean;
  /** Whether messages may be sent without verified TLS: on this computer, or if the operator allows it. */
  readonly tls: 'required' | 'optional';
  readonly login: { readonly user: string; readonly password: Secret } | undefined;
}

export interface Message {
  /** The same at every attempt, so that a duplicate can be recognised (RFC 5322, section 3.6.4). */
  readonly id: string;
  readonly to: string;
  readonly subject: string;
  readonly text: string;
}

/** `refused`: permanently, so a retry is useless. `failed`: temporarily. */
export type MailOutcome = 'sent' | 'refused' | 'failed';

export interface Mailer {
  send(message: Message): Promise<MailOutcome>;
}

const connectMsMax = 10_000;
const silenceMsMax = 20_000;

/** Creates the mailer of one sender. The library is loaded with the first message. */
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
    // A message contains only what is written into it, and nothing about this computer or network.
    disableFileAccess: true,
    disableUrlAccess: true,
  };
  return {
    send: async ({ id, to, subject, text }) => {
      // A header must not contain another one. The library encodes headers; this checks that nothing is left to encode.
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

// A reply of class 5 must not be retried (RFC 5321, section 4.2.1). This applies to addresses and the message. The
// operator can repair a rejected login or TLS, so messages wait for that.
function isPermanent(thrown: unknown): boolean {
  if (!(thrown instanceof Error) || !('responseCode' in thrown) || !('code' in thrown)) return false;
  const isAboutMessage = thrown.code === 'EENVELOPE' || thrown.code === 'EMESSAGE';
  return isAboutMessage && typeof thrown.responseCode === 'number' && thrown.responseCode >= 500;
}

import { parseEmailAddress } from '../contract/email-address.ts';
import { Secret } from '../kernel/secret.ts';
import type { Kind, Parsed } from './kinds.ts';

/** An SMTP server, parsed. */
export interface SmtpUrl {
  readonly host: string;
  readonly port: number;
  readonly isImplicitTls: boolean;
  readonly tls: 'required' | 'optional';
  readonly login: { readonly user: string; readonly password: Secret } | undefined;
}

const submissionPort = 587;
const implicitTlsPort = 465;
const loopback = new Set(['localhost', '127.0.0.1', '[::1]']);

/** The mail server; empty if the server sends no mail. */
export const smtpUrl: Kind<SmtpUrl | undefined> = {
  takes: '`smtps://user:password@host` or `smtp://user:password@host:port`',
  parse: (text) => (text === '' ? { ok: true, value: undefined } : parseSmtpUrl(text)),
};

function parseSmtpUrl(text: string): Parsed<SmtpUrl> {
  const url = URL.parse(text);
  if (url === null || !/^smtps?:$/.test(url.protocol) || url.hostname === '' || !/^\/?$/.test(url.pathname)) {
    return { ok: false, problem: 'must be an smtp:// or smtps:// URL of a host, without a path' };
  }
  const others = [...url.searchParams.keys()].some((name) => name !== 'tls');
  if (others || url.hash !== '' || ![null, 'optional'].includes(url.searchParams.get('tls'))) {
    return { ok: false, problem: 'must have nothing after the port but ?tls=optional' };
  }
  const login = readLogin(url);
  if (login === 'malformed') return { ok: false, problem: 'must have a user and a password, percent-encoded' };
  const isImplicitTls = url.protocol === 'smtps:';
  const isOptional = url.searchParams.has('tls') || loopback.has(url.hostname);
  return {
    ok: true,
    value: {
      host: url.hostname.replace(/^\[|\]$/g, ''),
      port: url.port === '' ? (isImplicitTls ? implicitTlsPort : submissionPort) : Number(url.port),
      isImplicitTls,
      tls: isOptional ? 'optional' : 'required',
      login,
    },
  };
}

function readLogin({ username, password }: URL): SmtpUrl['login'] | 'malformed' {
  if (username === '' && password === '') return undefined;
  try {
    const [user, plain] = [decodeURIComponent(username), decodeURIComponent(password)];
    return user === '' || plain === '' ? 'malformed' : { user, password: new Secret(plain) };
  } catch {
    return 'malformed';
  }
}

/** The sender address of messages. */
export const mailAddress: Kind<string | undefined> = {
  takes: 'an e-mail address',
  parse: (text) => {
    if (text === '') return { ok: true, value: undefined };
    const parsed = parseEmailAddress(text);
    return parsed.ok ? { ok: true, value: parsed.address.text } : { ok: false, problem: 'must be an e-mail address' };
  },
};

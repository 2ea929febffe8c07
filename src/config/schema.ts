import {
  choice,
  databaseUrl,
  dnsLabel,
  dnsServerList,
  file,
  fileList,
  host,
  integer,
  list,
  webOrigin,
  webOriginList,
  proxyUrl,
  rangeList,
  recordPrefix,
  rootKey,
  rootKeyList,
  setupToken,
  verifiedDomainList,
  type Kind,
} from './kinds.ts';
import { mailAddress, smtpUrl } from './mail-kinds.ts';

/** A setting of the operator. */
export interface Setting<Value> {
  /** The environment variable. */
  readonly name: string;
  /** The text of the default, which is parsed like any other value. */
  readonly default: string;
  readonly kind: Kind<Value>;
  /** Its description in `docs/configuration.md`. */
  readonly doc: string;
  /** Whether its value must not appear in logs and process lists. */
  readonly isSecret?: boolean;
}

// Keeps the type of each row's value.
function setting<Value>(row: Setting<Value>): Setting<Value> {
  return row;
}

const perMinute = integer(0, 1_000_000);

/** Every setting. The server reads no other environment variable. */
export const settings = {
  siteUrl: setting({
    name: 'SITE_URL',
    default: 'http://localhost:8080',
    kind: webOrigin,
    doc: 'The public base URL, as browsers and identity providers see it. The redirect URI to register with an identity provider is `<SITE_URL>/api/v1/sso/oidc/callback`.',
  }),
  port: setting({
    name: 'PORT',
    default: '8080',
    kind: integer(0, 65_535),
    doc: 'The port to listen on. `0` selects any free port. It is independent of `SITE_URL`.',
  }),
  host: setting({
    name: 'HOST',
    default: '127.0.0.1',
    kind: host,
    doc: 'The network interface to listen on. By default, only this computer can connect, so that a TLS proxy can be in front.',
  }),
  databaseUrl: setting({
    name: 'DATABASE_URL',
    default: 'sqlite:data/sallyport.db',
    kind: databaseUrl,
    isSecret: true,
    doc: 'The database: a file for one server, or a PostgreSQL database that several servers share.',
  }),
  poolSize: setting({
    name: 'SALLYPORT_POOL_SIZE',
    default: '10',
    kind: integer(2, 100),
    doc: "The maximum number of connections to PostgreSQL. The sum over all servers must stay below PostgreSQL's `max_connections`. If PostgreSQL allows fewer, requests wait for a free one. SQLite needs none.",
  }),
  createDatabase: setting({
    name: 'SALLYPORT_CREATE_DATABASE',
    default: 'first-start',
    kind: choice(['first-start', 'always', 'never']),
    doc: 'Whether a start creates a missing database. `first-start`: only if this start also creates the root key file, or if the root key is in the environment and nothing shows that a database existed. Set `never` for a server with its root key in the environment once it is set up, so that a missing volume is an error and not an empty server. See [operating](operating.md).',
  }),
  rootKey: setting({
    name: 'SALLYPORT_ROOT_KEY',
    default: '',
    kind: rootKey,
    isSecret: true,
    doc: 'The key that encrypts all other keys. Without it, no stored secret can be decrypted, so keep a copy away from the database.',
  }),
  rootKeyFile: setting({
    name: 'SALLYPORT_ROOT_KEY_FILE',
    default: '',
    kind: file,
    doc: 'The file with the root key, if `SALLYPORT_ROOT_KEY` is not set. The default is `root.key` beside the SQLite file, or `data/root.key` with PostgreSQL. The first start creates it. The server rejects a file that other users can read. Servers that share a database need the same key.',
  }),
  otherRootKeys: setting({
    name: 'SALLYPORT_OTHER_ROOT_KEYS',
    default: '',
    kind: rootKeyList,
    isSecret: true,
    doc: 'Additional root keys accepted for decryption: the previous and the next one while the root key changes. See [key rotation](key-rotation.md).',
  }),
  otherRootKeyFiles: setting({
    name: 'SALLYPORT_OTHER_ROOT_KEY_FILES',
    default: '',
    kind: fileList,
    doc: 'Files with such keys, separated by commas. They must exist, and other users must not be able to read them.',
  }),
  signingKeyDays: setting({
    name: 'SALLYPORT_SIGNING_KEY_DAYS',
    default: '90',
    kind: integer(0, 3650),
    doc: 'The age at which the signing key is replaced. `0` leaves the rotation to you. No token is rejected because of a rotation.',
  }),
  attemptDays: setting({
    name: 'SALLYPORT_ATTEMPT_DAYS',
    default: '30',
    kind: integer(1, 3650),
    doc: 'How long sign-in records are kept. See [sign-in attempts](sign-in-attempts.md).',
  }),
  attemptsKept: setting({
    name: 'SALLYPORT_ATTEMPTS_KEPT',
    default: '10000',
    kind: integer(100, 1_000_000),
    doc: 'The maximum number of records per organization: this many refused sign-ins and this many others, the newest ones.',
  }),
  refusalsRecorded: setting({
    name: 'SALLYPORT_REFUSALS_RECORDED_PER_MINUTE',
    default: '300',
    kind: integer(1, 100_000),
    doc: 'How many refused sign-ins of one organization are recorded per minute. Further ones are counted, and the list shows the count.',
  }),
  outboundAllow: setting({
    name: 'SALLYPORT_OUTBOUND_ALLOW',
    default: '',
    kind: list,
    doc: 'Where identity providers may live although the address is private or the URL plain http. Nothing else on a private network is ever called.',
  }),
  outboundProxy: setting({
    name: 'SALLYPORT_OUTBOUND_PROXY',
    default: '',
    kind: proxyUrl,
    isSecret: true,
    doc: 'A forward proxy for requests to identity providers, with `CONNECT`. `HTTP_PROXY` and similar variables are ignored. See [outbound calls](outbound.md).',
  }),
  outboundProxyExcept: setting({
    name: 'SALLYPORT_OUTBOUND_PROXY_EXCEPT',
    default: '',
    kind: list,
    doc: 'Where identity providers are called directly although there is a proxy. What may be called at all is not widened by it.',
  }),
  outboundProxyAsksFor: setting({
    name: 'SALLYPORT_OUTBOUND_PROXY_ASKS_FOR',
    default: 'address',
    kind: choice(['address', 'name']),
    doc: 'What the proxy connects to: the address that this server resolved and checked, or the name, which the proxy resolves.',
  }),
  outboundCaFile: setting({
    name: 'SALLYPORT_OUTBOUND_CA_FILE',
    default: '',
    kind: file,
    doc: 'A PEM file with additional CA certificates to trust for identity providers. It is read at the start. See [outbound calls](outbound.md).',
  }),
  returnToAllow: setting({
    name: 'SALLYPORT_RETURN_TO_ALLOW',
    default: '',
    kind: webOriginList,
    doc: 'Where a sign-in may send the browser at its end, in addition to `SITE_URL`.',
  }),
  verifiedDomains: setting({
    name: 'SALLYPORT_VERIFIED_DOMAINS',
    default: '',
    kind: verifiedDomainList,
    doc: 'E-mail domains that count as verified for an organization, whatever DNS says. A slug is resolved once, when the server first sees the pair, and then stands for that organization. An id is safer.',
  }),
  dnsServers: setting({
    name: 'SALLYPORT_DNS_SERVERS',
    default: '',
    kind: dnsServerList,
    doc: "The DNS servers for the TXT records of e-mail domains, instead of this machine's. Their answers are trusted, so use resolvers that you trust and that validate DNSSEC.",
  }),
  domainRecordLabel: setting({
    name: 'SALLYPORT_DOMAIN_RECORD_LABEL',
    default: '_sallyport-verification',
    kind: dnsLabel,
    doc: 'The label of the TXT record in front of an e-mail domain. Existing domains keep theirs.',
  }),
  domainRecordPrefix: setting({
    name: 'SALLYPORT_DOMAIN_RECORD_PREFIX',
    default: 'sallyport-verification=',
    kind: recordPrefix,
    doc: "The prefix of the code in that TXT record's value.",
  }),
  smtpUrl: setting({
    name: 'SALLYPORT_SMTP_URL',
    default: '',
    kind: smtpUrl,
    isSecret: true,
    doc: 'The mail server for invitations, together with `SALLYPORT_MAIL_FROM`. Without it, admins send the links themselves. `smtps` is TLS from the start, `smtp` is STARTTLS. Messages are sent without TLS only on this computer, or with `?tls=optional` after the port.',
  }),
  mailFrom: setting({
    name: 'SALLYPORT_MAIL_FROM',
    default: '',
    kind: mailAddress,
    doc: 'The sender address of invitations.',
  }),
  setupToken: setting({
    name: 'SALLYPORT_SETUP_TOKEN',
    default: '',
    kind: setupToken,
    isSecret: true,
    doc: 'The bearer token that a caller must send to set up the empty server with `POST /api/v1/admin/bootstrap`. Without it, only clients with a loopback or private IP address may do this. Set it before an empty server is reachable from elsewhere, or from a private network that you do not trust.',
  }),
  organizationCreation: setting({
    name: 'SALLYPORT_ORGANIZATION_CREATION',
    default: 'instance-admins',
    kind: choice(['instance-admins', 'anyone']),
    doc: 'Who may create organizations: instance admins, or every user who is signed in.',
  }),
  accessTokenSeconds: setting({
    name: 'SALLYPORT_ACCESS_TOKEN_SECONDS',
    default: '900',
    kind: integer(60, 86_400),
    doc: "The lifetime of a user's access token. The client then refreshes it.",
  }),
  rateLimitCaller: setting({
    name: 'SALLYPORT_RATE_LIMIT_CALLER',
    default: '600',
    kind: perMinute,
    doc: 'Authenticated requests per minute of one session or machine identity; `0` switches the limit off. Other callers behind the same IP address are not affected.',
  }),
  rateLimitRead: setting({
    name: 'SALLYPORT_RATE_LIMIT_READ',
    default: '60',
    kind: perMinute,
    doc: 'Anonymous requests that read, per minute and client IP address; `0` switches the limit off.',
  }),
  rateLimitWrite: setting({
    name: 'SALLYPORT_RATE_LIMIT_WRITE',
    default: '200',
    kind: perMinute,
    doc: 'Anonymous requests that write, per minute and client IP address; `0` switches the limit off.',
  }),
  rateLimitAuth: setting({
    name: 'SALLYPORT_RATE_LIMIT_AUTH',
    default: '60',
    kind: perMinute,
    doc: 'Attempts with a password or a client secret, and machine token requests, per minute and client IP address; `0` switches the limit off.',
  }),
  rateLimitSignIn: setting({
    name: 'SALLYPORT_RATE_LIMIT_SIGN_IN',
    default: '1200',
    kind: perMinute,
    doc: 'Steps of sign-ins through identity providers and of sessions (start, callback, refresh, choice of an organization, logout) without an access token, per minute and client IP address; `0` switches the limit off. Nothing can be guessed there. A user makes up to six such requests to sign in, and a whole office may share one address: the default lets 200 people in within one minute.',
  }),
  trustedProxies: setting({
    name: 'SALLYPORT_TRUSTED_PROXIES',
    default: '',
    kind: rangeList,
    doc: 'Proxies whose `X-Forwarded-*` headers determine the client IP address. Empty: these headers are ignored.',
  }),
  drainSeconds: setting({
    name: 'SALLYPORT_DRAIN_SECONDS',
    default: '5',
    kind: integer(0, 600),
    doc: 'How long the server keeps answering after SIGTERM or SIGHUP, while `/api/ready` answers 503 and every response closes its connection. The default suits Kubernetes and load balancers that probe every second or two. For others, multiply the probe interval by the failure threshold and add a second. `0` stops at once, as SIGINT (Ctrl-C) does. See [operating](operating.md).',
  }),
  shutdownSeconds: setting({
    name: 'SALLYPORT_SHUTDOWN_SECONDS',
    default: '20',
    kind: integer(0, 600),
    doc: 'How long pending requests may take to finish after that. With the drain, the default stays below the 30 seconds after which Kubernetes kills a container.',
  }),
  logLevel: setting({
    name: 'LOG_LEVEL',
    default: 'info',
    kind: choice(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']),
    doc: 'The log level. The log is written as JSON lines to standard output.',
  }),
} as const;

/** The value of every setting, by its name in the table. */
export type SettingValues = {
  readonly [Key in keyof typeof settings]: (typeof settings)[Key] extends Setting<infer Value> ? Value : never;
};

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

/** One thing that an operator may set. */
export interface Setting<Value> {
  /** The environment variable. */
  readonly name: string;
  /** The text that stands for an absent one; it is parsed like any other. */
  readonly default: string;
  readonly kind: Kind<Value>;
  /** What it means, for `docs/configuration.md`. */
  readonly doc: string;
  /** Whether its value is to be kept from logs and process lists. */
  readonly isSecret?: boolean;
}

// Lets each row keep the type of its own value.
function setting<Value>(row: Setting<Value>): Setting<Value> {
  return row;
}

const perMinute = integer(0, 1_000_000);

/** Every setting. What is not in this table is not read. */
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
    doc: 'The port to listen on; `0` takes any free one. It does not follow from `SITE_URL`.',
  }),
  host: setting({
    name: 'HOST',
    default: '127.0.0.1',
    kind: host,
    doc: 'The interface to listen on. The default is reached from this computer alone, so that a proxy which ends TLS stands in front.',
  }),
  databaseUrl: setting({
    name: 'DATABASE_URL',
    default: 'sqlite:data/sallyport.db',
    kind: databaseUrl,
    isSecret: true,
    doc: 'The database: one file that belongs to one server, or a PostgreSQL that many servers share.',
  }),
  poolSize: setting({
    name: 'SALLYPORT_POOL_SIZE',
    default: '10',
    kind: integer(2, 100),
    doc: 'How many connections to PostgreSQL this server opens at most. All servers together have to stay below the `max_connections` of PostgreSQL; where it allows fewer, requests wait for a free one. SQLite needs none.',
  }),
  createDatabase: setting({
    name: 'SALLYPORT_CREATE_DATABASE',
    default: 'first-start',
    kind: choice(['first-start', 'always', 'never']),
    doc: 'Whether a start makes a database where there is none. `first-start`: if the root key file is made by this start, or the root key is in the environment and nothing shows that there was a database. Set `never` once a server with its root key in the environment is set up, so that a volume which is not mounted is an error and not an empty server. See [operating](operating.md).',
  }),
  rootKey: setting({
    name: 'SALLYPORT_ROOT_KEY',
    default: '',
    kind: rootKey,
    isSecret: true,
    doc: 'The key that all other keys are sealed with. Without it nothing that was sealed can be opened again, so keep a copy away from the database.',
  }),
  rootKeyFile: setting({
    name: 'SALLYPORT_ROOT_KEY_FILE',
    default: '',
    kind: file,
    doc: 'The file that holds the root key, when `SALLYPORT_ROOT_KEY` is not set. By default `root.key` beside the SQLite file, or `data/root.key` with PostgreSQL. It is made on the first start; the server refuses one that others may read. Servers that share a database need the same key.',
  }),
  otherRootKeys: setting({
    name: 'SALLYPORT_OTHER_ROOT_KEYS',
    default: '',
    kind: rootKeyList,
    isSecret: true,
    doc: 'Root keys that are taken besides: while the root key is changed, the one before and the one to come. See [key rotation](key-rotation.md).',
  }),
  otherRootKeyFiles: setting({
    name: 'SALLYPORT_OTHER_ROOT_KEY_FILES',
    default: '',
    kind: fileList,
    doc: 'The files of such keys, separated by commas. They must exist and be closed to others, as the root key file must.',
  }),
  signingKeyDays: setting({
    name: 'SALLYPORT_SIGNING_KEY_DAYS',
    default: '90',
    kind: integer(0, 3650),
    doc: 'How old the key that signs tokens gets before the next one is made; `0` leaves that to you. No token is refused when it changes.',
  }),
  attemptDays: setting({
    name: 'SALLYPORT_ATTEMPT_DAYS',
    default: '30',
    kind: integer(1, 3650),
    doc: 'How long the records of sign-in attempts are kept for the admins who look into them. See [sign-in attempts](sign-in-attempts.md).',
  }),
  attemptsKept: setting({
    name: 'SALLYPORT_ATTEMPTS_KEPT',
    default: '10000',
    kind: integer(100, 1_000_000),
    doc: 'How many records each organization keeps at most: so many of refused sign-ins, and as many of all others, the newest.',
  }),
  refusalsRecorded: setting({
    name: 'SALLYPORT_REFUSALS_RECORDED_PER_MINUTE',
    default: '300',
    kind: integer(1, 100_000),
    doc: 'How many refused sign-ins of one organization are recorded in one minute. Those beyond are counted, and the list says how many they were.',
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
    doc: 'A forward proxy through which identity providers are called, with `CONNECT`. `HTTP_PROXY` and the like are not looked at. See [outbound calls](outbound.md).',
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
    doc: 'What the proxy is told to connect to: the address that this server resolved and checked, or the name, which the proxy then resolves by itself.',
  }),
  outboundCaFile: setting({
    name: 'SALLYPORT_OUTBOUND_CA_FILE',
    default: '',
    kind: file,
    doc: 'A file of certificates in PEM: authorities that identity providers are believed by besides the public ones. It is read at the start. See [outbound calls](outbound.md).',
  }),
  returnToAllow: setting({
    name: 'SALLYPORT_RETURN_TO_ALLOW',
    default: '',
    kind: webOriginList,
    doc: 'Where a sign-in may send the browser in the end, besides `SITE_URL`.',
  }),
  verifiedDomains: setting({
    name: 'SALLYPORT_VERIFIED_DOMAINS',
    default: '',
    kind: verifiedDomainList,
    doc: 'Mail domains that you vouch for: each is taken as proved to belong to its organization, whatever DNS says. A slug stands for the organization that has it when the server first sees the pair, and goes on standing for it; an id is safer still.',
  }),
  dnsServers: setting({
    name: 'SALLYPORT_DNS_SERVERS',
    default: '',
    kind: dnsServerList,
    doc: "The DNS servers that are asked for the TXT records which prove e-mail domains, instead of this machine's. Their answers are believed, so name resolvers that you trust; best ones that validate DNSSEC.",
  }),
  domainRecordLabel: setting({
    name: 'SALLYPORT_DOMAIN_RECORD_LABEL',
    default: '_sallyport-verification',
    kind: dnsLabel,
    doc: 'The label before an e-mail domain at which its TXT record stands. Claims that were made before a change keep theirs.',
  }),
  domainRecordPrefix: setting({
    name: 'SALLYPORT_DOMAIN_RECORD_PREFIX',
    default: 'sallyport-verification=',
    kind: recordPrefix,
    doc: "What stands before the code in that TXT record's value.",
  }),
  smtpUrl: setting({
    name: 'SALLYPORT_SMTP_URL',
    default: '',
    kind: smtpUrl,
    isSecret: true,
    doc: 'The mail server that invitations are sent by, together with `SALLYPORT_MAIL_FROM`. Without it, admins pass the links on. `smtps` is TLS from the start, `smtp` is STARTTLS; messages go without TLS only on this computer, or with `?tls=optional` after the port.',
  }),
  mailFrom: setting({
    name: 'SALLYPORT_MAIL_FROM',
    default: '',
    kind: mailAddress,
    doc: 'The address that invitations are sent from.',
  }),
  setupToken: setting({
    name: 'SALLYPORT_SETUP_TOKEN',
    default: '',
    kind: setupToken,
    isSecret: true,
    doc: 'What a caller has to send as a bearer token to set up the empty server with `POST /api/v1/admin/bootstrap`. Without it, only clients with a loopback or private address may, so set it before an empty server is reachable from elsewhere, or from a private network that you do not trust.',
  }),
  organizationCreation: setting({
    name: 'SALLYPORT_ORGANIZATION_CREATION',
    default: 'instance-admins',
    kind: choice(['instance-admins', 'anyone']),
    doc: "Who may create organizations: the server's administrators, or everyone who is signed in.",
  }),
  accessTokenSeconds: setting({
    name: 'SALLYPORT_ACCESS_TOKEN_SECONDS',
    default: '900',
    kind: integer(60, 86_400),
    doc: "How long a person's access token is good for. After that its holder refreshes it.",
  }),
  rateLimitRead: setting({
    name: 'SALLYPORT_RATE_LIMIT_READ',
    default: '60',
    kind: perMinute,
    doc: 'Requests that read, per minute and client; `0` switches the limit off.',
  }),
  rateLimitWrite: setting({
    name: 'SALLYPORT_RATE_LIMIT_WRITE',
    default: '200',
    kind: perMinute,
    doc: 'Requests that write, per minute and client; `0` switches the limit off.',
  }),
  rateLimitAuth: setting({
    name: 'SALLYPORT_RATE_LIMIT_AUTH',
    default: '60',
    kind: perMinute,
    doc: 'Attempts with a password or a client secret, and machine token requests, per minute and client; `0` switches the limit off.',
  }),
  rateLimitSignIn: setting({
    name: 'SALLYPORT_RATE_LIMIT_SIGN_IN',
    default: '1200',
    kind: perMinute,
    doc: 'Steps of sign-ins through identity providers and of sessions (start, callback, refresh, choice of an organization, logout), per minute and client; `0` switches the limit off. Nothing can be guessed there. A person makes up to six such requests to get in, and a whole office may come from one address: the default lets 200 people in within one minute.',
  }),
  trustedProxies: setting({
    name: 'SALLYPORT_TRUSTED_PROXIES',
    default: '',
    kind: rangeList,
    doc: 'Proxies whose `X-Forwarded-*` headers say who the client is. Empty: such headers are ignored.',
  }),
  drainSeconds: setting({
    name: 'SALLYPORT_DRAIN_SECONDS',
    default: '5',
    kind: integer(0, 600),
    doc: 'After SIGTERM or SIGHUP, how long the server goes on answering while `/api/ready` says 503 and every answer closes its connection. The default fits Kubernetes and load balancers that probe every second or two: take the interval times the failures that yours waits for, and a second. `0` stops at once, and so does SIGINT (Ctrl-C). See [operating](operating.md).',
  }),
  shutdownSeconds: setting({
    name: 'SALLYPORT_SHUTDOWN_SECONDS',
    default: '20',
    kind: integer(0, 600),
    doc: 'How long requests in flight may take to finish after that. With the drain before it, the default stays below the 30 seconds after which Kubernetes kills a container.',
  }),
  logLevel: setting({
    name: 'LOG_LEVEL',
    default: 'info',
    kind: choice(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']),
    doc: 'How much is logged, as JSON lines on standard output.',
  }),
} as const;

/** The value of every setting, by its name in the table. */
export type SettingValues = {
  readonly [Key in keyof typeof settings]: (typeof settings)[Key] extends Setting<infer Value> ? Value : never;
};

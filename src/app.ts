/**
 * The composition root: builds every part by hand and mounts the features in a fixed order. It holds no rules.
 */
import type { FastifyInstance } from 'fastify';

import { mountApplications } from './applications/routes.ts';
import { openAuditTrail } from './audit/open-audit-trail.ts';
import { mountAuditLogs } from './audit-logs/routes.ts';
import { createDeliveries } from './audit-webhooks/deliveries.ts';
import { deliveryRoundMs } from './audit-webhooks/limits.ts';
import { mountAuditWebhooks } from './audit-webhooks/routes.ts';
import { isBootstrapped } from './bootstrap/queries.ts';
import { mountBootstrap } from './bootstrap/routes.ts';
import { mayLearnOfSetUp } from './http/set-up-guard.ts';
import type { Config } from './config/load-config.ts';
import { recheckRoundMs } from './domains/limits.ts';
import { apiRoutes } from './contract/api.ts';
import { callbackPath } from './contract/login.ts';
import { version } from './contract/version.ts';
import type { CryptoThread } from './costly-work/crypto-thread.ts';
import { openCostlyWork } from './costly-work/open-costly-work.ts';
import { openDomains } from './domains/open-domains.ts';
import { createOwnedDomains, type OwnedDomains } from './domains/owned-domains.ts';
import { recheckDomains } from './domains/recheck-domains.ts';
import { mountEmailDomains } from './domains/routes.ts';
import { mountEnforcement } from './access/enforcement/routes.ts';
import { mountGroups } from './groups/routes.ts';
import { registerApiDocs } from './http/api-docs.ts';
import { createCookieJar } from './http/cookies.ts';
import { createHttpServer } from './http/http-server.ts';
import { createMount, type Mount } from './http/mount.ts';
import { describeApi } from './http/openapi.ts';
import { createRateLimits, registerRateLimits } from './http/rate-limits.ts';
import { createTestTurns } from './http/test-turns.ts';
import { closeConnectionsWhen, closeDrained, cutOffConnections } from './http/connections.ts';
import { mountHealth } from './http/readiness.ts';
import { mountIdentities } from './machine-identities/routes.ts';
import { deliverMails, type MailDelivery } from './invitations/deliver-mails.ts';
import { mailRoundMs } from './invitations/mail-limits.ts';
import { createMailQueue, queueNoMail, type QueueMail } from './invitations/queue-mail.ts';
import { mountInvitations } from './invitations/routes.ts';
import type { Clock } from './kernel/clock.ts';
import type { Logger } from './kernel/logger.ts';
import type { Random } from './kernel/random.ts';
import { repeat, type Repetition } from './kernel/repeat.ts';
import type { SealingKey } from './kernel/sealed-box.ts';
import { mountKeys } from './keys/routes.ts';
import { sealedColumns } from './keys/sealed-columns.ts';
import { createForesight } from './login/foresee-refusals.ts';
import { tidyUp } from './login/housekeeping.ts';
import { mountLoginAttempts } from './login-attempts/routes.ts';
import type { LoginDeps } from './login/login-deps.ts';
import { createProviderPages } from './login/provider-page-routes.ts';
import { openProvider } from './openid-provider/open-provider.ts';
import { mountOpenIdProvider } from './openid-provider/routes.ts';
import { signingKeySet } from './openid-provider/signing-key-set.ts';
import { mountPages } from './login/page-routes.ts';
import { loadPageAssets, readPageAsset } from './login/pages/assets.ts';
import { mountLogin } from './login/routes.ts';
import { createMailer } from './mail/create-mailer.ts';
import type { MembershipsDeps } from './memberships/deps.ts';
import { mountRelinking } from './memberships/relink-routes.ts';
import { mountMemberships } from './memberships/routes.ts';
import { createConnectionTest } from './oidc/connection-test/test-connection.ts';
import { createClockComparison } from './outbound/clock-comparison.ts';
import { createClientKeyMaker } from './oidc/client-authentication/make-client-key.ts';
import { createGuardedFetch } from './outbound/guarded-fetch.ts';
import { createHostLookup } from './outbound/host-lookup.ts';
import type { OutboundEntry } from './outbound/outbound-allow.ts';
import { clockCheckMs } from './oidc/limits.ts';
import { createOutboundPolicy } from './outbound/outbound-policy.ts';
import type { OutboundProxy } from './outbound/outbound-proxy.ts';
import { createRelyingParty } from './oidc/relying-party.ts';
import { warnOfClock } from './outbound/warn-of-clock.ts';
import { createBypassRetry } from './access/record-emergency-use.ts';
import { mountOrganizations } from './organizations/routes.ts';
import { mountAssumptions } from './connections/assumptions-routes.ts';
import { mountClientKeys } from './connections/client-key-routes.ts';
import { pinProvider } from './connections/pin-provider.ts';
import { mountSsoConfig, type SsoConfigDeps } from './connections/routes.ts';
import { mountConnectionTest } from './connections/test-routes.ts';
import type { Database } from './storage/database.ts';
import { advanceDataKeys } from './storage/keys/advance-data-keys.ts';
import { explainDeletedParents } from './storage/deleted-parents.ts';
import { keysReadSeconds } from './storage/keys/limits.ts';
import { openKeyring } from './storage/keys/keyring.ts';
import { createAccessTokens } from './signing-keys/access-tokens.ts';
import { createAuthenticate } from './sessions/authenticate.ts';
import { createPasswordLogin } from './sessions/login-with-password.ts';
import { createEndConnectionSessions } from './sessions/end-connection-sessions.ts';
import { mountMachineTokens } from './machine-login/routes.ts';
import { mountSessions } from './sessions/routes.ts';
import { mountSigningKeys } from './signing-keys/routes.ts';
import { shortenToLifetime } from './sessions/shorten-sessions.ts';
import { createSessions } from './sessions/sessions.ts';
import { advanceSigningKeys } from './signing-keys/rotate-signing-key.ts';
import { openSigningKeys } from './signing-keys/signing-keys.ts';
import { createPasswords, type PasswordCost } from './users/password.ts';
import { mountUsers } from './users/routes.ts';

/** The dependencies of the server. */
export interface AppWorld {
  readonly database: Database;
  readonly rootKey: SealingKey;
  /** Additional root keys for decryption while the operator changes the root key. */
  readonly otherRootKeys?: readonly SealingKey[];
  readonly outboundAllow: readonly OutboundEntry[];
  /** Additional CA certificates in PEM to trust for identity providers. */
  readonly outboundCertificates?: readonly string[];
  readonly outboundProxy?: OutboundProxy | undefined;
  readonly clock: Clock;
  readonly random: Random;
  /** The full cost of Argon2id by default. */
  readonly passwordCost?: PasswordCost;
  /** Starts a thread for each kind of costly work; tests observe it. */
  readonly createThread?: () => CryptoThread;
  readonly logger: Logger;
}

export interface App {
  readonly server: FastifyInstance;
  /** Keeps answering, but is no longer ready, and closes each connection after its next response. */
  drain(): void;
  /** Finishes pending requests, rejects new ones, and releases everything except the database. */
  stop(): Promise<void>;
  /** Closes every connection; resolves with how many of them had a pending request. */
  cutOff(): Promise<number>;
}

/** Builds the whole server, which does not listen yet. */
export async function buildApp(config: Config, world: AppWorld): Promise<App> {
  const parts = await buildParts(config, world);
  const { clock, random, logger } = world;
  let stopping = false;
  let isDrained = false;
  const isStopping = () => stopping;
  const server = createHttpServer({ logger, random, https: parts.https, trustedProxies: config.trustedProxies });
  closeConnectionsWhen(server, isStopping);
  const limiter = registerRateLimits(server, clock);
  registerApiDocs(server, () => describeApi(apiRoutes, version));
  const mount = createMount(server, {
    authenticate: createAuthenticate(parts.core),
    limits: parts.limits,
    limiter,
    prepareRetry: createBypassRetry(parts.core),
  });

  mountHealth(mount, {
    clock,
    isStopping,
    ping: world.database.ping,
    isBootstrapped: async (request) =>
      mayLearnOfSetUp(request, { site: config.siteUrl }) ? isBootstrapped(world.database.db) : undefined,
    clockDifferenceMs: () => parts.clocks.read()?.differenceMs,
  });
  mountFeatures(mount, config, parts);
  const assets = loadPageAssets(readPageAsset);
  mountLogin(server, parts.login, { ...parts, assets });
  const providerPages = createProviderPages(assets);
  const provider = openProvider(parts.provider, {
    signingKeys: async () => signingKeySet(parts.keys),
    renderError: providerPages.renderError,
  });
  await mountOpenIdProvider(server, parts.provider, { ...parts, ...providerPages, provider });
  const { accessTokenSeconds } = config;
  const { accessTokens } = parts.core;
  await mountPages(server, parts.login, { ...parts, assets, accessTokens, accessTokenSeconds });

  const jobs = startJobs(config, world, parts);
  return {
    server,
    drain: () => {
      stopping = true;
      isDrained = true;
    },
    cutOff: async () => cutOffConnections(server.server),
    stop: async () => {
      stopping = true;
      for (const job of jobs) job.stop();
      const cutOff = parts.deliveries.stop();
      await (isDrained ? closeDrained(server) : server.close());
      await Promise.all([parts.fetch.close(), parts.webhooks.outbound.fetch.close(), parts.costly.close()]);
      await cutOff;
    },
  };
}

type Parts = Awaited<ReturnType<typeof buildParts>>;

/** The parts that features share. */
async function buildParts(config: Config, world: AppWorld) {
  const { clock, random, logger } = world;
  const https = config.siteUrl.startsWith('https:');
  const keyring = await openKeyring(world);
  const keys = await openSigningKeys({ database: world.database, keyring, clock });
  const accessTokens = createAccessTokens({ keys, site: config.siteUrl, clock, random });
  const { database, append: audit } = await openAuditTrail({
    ...world,
    database: explainDeletedParents(world.database),
    keyring,
  });
  const core = { database, accessTokens, audit, clock, random };
  const domains = await openDomains(config, core);
  const sessions = createSessions({ ...core, keyring });
  const cookies = createCookieJar({ https });
  const policy = createOutboundPolicy(world.outboundAllow);
  const certificates = world.outboundCertificates ?? [];
  const proxy = world.outboundProxy;
  const calls = { policy, lookup: createHostLookup(clock), clock, certificates, proxy };
  const fetch = createGuardedFetch(calls);
  const clocks = createClockComparison(clock);
  // Separate, so that a hanging receiver takes no slot from sign-ins.
  const outbound = { policy, fetch: createGuardedFetch(calls) };
  const webhooks = { database, audit, clock, random, keyring, outbound };
  const deliveries = createDeliveries(webhooks, logger);
  const login: LoginDeps = {
    store: { database, keyring, audit, refusalsRecordedMax: config.refusalsRecorded },
    relyingParty: createRelyingParty({
      fetch: clocks.observing(fetch),
      policy,
      clock,
      random,
      logger,
      pinProvider: async (connection, seen) => pinProvider(database, connection, seen),
    }),
    sessions,
    ownedDomains: createOwnedDomains(config.verifiedDomains, clock),
    site: { webOrigin: config.siteUrl, returnToWebOrigins: config.returnToAllow },
    system: { clock, random, logger },
  };
  const redirectUri = `${config.siteUrl}${callbackPath}`;
  const testConnection = createConnectionTest({ probe: fetch.probe, policy, clock, random, redirectUri, logger });
  const rootKeys = { current: world.rootKey, others: world.otherRootKeys ?? [] };
  const mail = openMail(config, { ...world, keyring, ownerOf: login.ownedDomains.ownerOf });
  const provider = { ...core, keyring, ownedDomains: login.ownedDomains, fetch, logger, site: config.siteUrl };
  const features = { core, provider, mail, domains, webhooks, deliveries, login, testConnection, clocks };
  const http = { https, cookies, limits: createRateLimits(config) };
  const costly = openCostlyWork(clock, world.createThread);
  const passwords = createPasswords({ ...costly.passwords, random, cost: world.passwordCost });
  const loginWithPassword = createPasswordLogin({ ...core, sessions, passwords });
  return {
    ...features,
    ...http,
    costly,
    passwords,
    loginWithPassword,
    keyring,
    rootKeys,
    keys,
    sessions,
    policy,
    fetch,
  };
}

/** Invitation mail, if the operator configured a mail server. */
function openMail(
  { smtpUrl, mailFrom }: Config,
  world: Omit<MailDelivery, 'mailer'> & { readonly random: Random; readonly ownerOf: OwnedDomains['ownerOf'] },
): { queueMail: QueueMail; deliver?: () => Promise<void> } {
  if (smtpUrl === undefined || mailFrom === undefined) return { queueMail: queueNoMail };
  const mailer = createMailer(smtpUrl, mailFrom);
  return { queueMail: createMailQueue(world), deliver: async () => deliverMails({ ...world, mailer }) };
}

/** The endpoints of the API, one line per feature. */
function mountFeatures(mount: Mount, config: Config, parts: Parts): void {
  const { logger } = parts.login.system;
  const { core, sessions, cookies, keyring, policy } = parts;
  mountSigningKeys(mount, parts.keys);
  mountKeys(mount, { ...core, keyring, rootKeys: parts.rootKeys });
  const vouchedSlugs = new Set(config.verifiedDomains.map(({ named }) => named));
  const guard = { site: config.siteUrl, token: config.setupToken };
  mountBootstrap(mount, { ...core, passwords: parts.passwords, vouchedSlugs }, guard);
  mountOrganizations(mount, {
    ...core,
    organizationCreation: config.organizationCreation,
    vouchedSlugs,
    shortenSessions: shortenToLifetime,
  });
  const memberships: MembershipsDeps = {
    ...core,
    ownerOf: parts.login.ownedDomains.ownerOf,
  };
  mountMemberships(mount, memberships);
  mountRelinking(mount, memberships);
  mountInvitations(mount, {
    ...core,
    site: config.siteUrl,
    queueMail: parts.mail.queueMail,
    foresee: createForesight(parts.login.ownedDomains),
  });
  mountUsers(mount, core);
  mountGroups(mount, core);
  mountEmailDomains(mount, parts.domains);
  mountIdentities(mount, core);
  mountMachineTokens(mount, core);
  mountApplications(mount, { ...core, policy, site: config.siteUrl });
  mountAuditLogs(mount, core);
  mountAuditWebhooks(mount, parts.webhooks, createTestTurns(core.clock));
  mountLoginAttempts(mount, core);
  const { accessTokenSeconds } = config;
  mountSessions(mount, core, { ...parts, site: config.siteUrl, accessTokenSeconds });
  mountEnforcement(mount, core, { sessions, cookies, accessTokenSeconds });
  mountConnectionTest(mount, {
    ...core,
    keyring,
    testConnection: parts.testConnection,
    turns: createTestTurns(core.clock),
  });
  const ssoConfig: SsoConfigDeps = {
    ...core,
    keyring,
    policy,
    makeClientKey: createClientKeyMaker(parts.costly.clientKeys),
    endSessionsOf: createEndConnectionSessions(core.clock),
  };
  mountSsoConfig(mount, ssoConfig, logger);
  mountClientKeys(mount, ssoConfig, config.siteUrl);
  mountAssumptions(mount, { database: core.database, keyring, relyingParty: parts.login.relyingParty });
}

/** The background jobs. */
function startJobs(
  config: Config,
  { database, clock, logger }: AppWorld,
  { keyring, keys, domains, deliveries, mail, clocks }: Parts,
): readonly Repetition[] {
  const minuteMs = 60_000;
  const keysMs = keysReadSeconds * 1000;
  return [
    repeat({ name: 'housekeeping', everyMs: 10 * minuteMs, logger }, async () =>
      tidyUp({ database, clock }, { days: config.attemptDays, keptMax: config.attemptsKept }),
    ),
    repeat({ name: 'domain checks', everyMs: recheckRoundMs, logger }, async () => recheckDomains(domains)),
    repeat({ name: 'audit webhooks', everyMs: deliveryRoundMs, logger }, deliveries.round),
    ...(mail.deliver === undefined ? [] : [repeat({ name: 'mail', everyMs: mailRoundMs, logger }, mail.deliver)]),
    repeat({ name: 'clocks', everyMs: clockCheckMs, logger }, async () => warnOfClock(clocks, logger)),
    repeat({ name: 'data keys', everyMs: keysMs, logger }, async () =>
      advanceDataKeys({ database, keyring, clock, columns: sealedColumns }),
    ),
    repeat({ name: 'signing keys', everyMs: keysMs, logger }, async () => {
      await advanceSigningKeys({ database, keyring, clock }, config.signingKeyDays);
      await keys.refresh();
    }),
  ];
}

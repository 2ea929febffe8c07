import type { AuditedDatabase } from '../audit/audited-database.ts';
import { auditActor } from '../audit/append.ts';
import type { AppendAudit } from '../audit/append.ts';
import type { Actor, ClientInfo } from '../contract/actor.ts';
import type { ConnectionTestReport, TestOidcConfigBody } from '../contract/connection-test.ts';
import { appError } from '../contract/errors.ts';
import { asId, type OrganizationId } from '../contract/ids.ts';
import type { Clock } from '../kernel/clock.ts';
import { Secret } from '../kernel/secret.ts';
import type { TestConnection } from '../oidc/connection-test/test-connection.ts';
import type { TestSubject } from '../oidc/connection-test/gather-facts.ts';
import type { TestTurns } from '../http/test-turns.ts';
import { requireAccessAlone } from '../access/access.ts';
import { requireAccess } from '../access/read-access.ts';
import type { Keyring } from '../storage/keys/keyring.ts';
import { loadConnection } from './load-connection.ts';
import { findOidcConfig, type OidcConfigRow } from './queries.ts';
import {
  checkSettings,
  isPublicClient,
  movesSecret,
  newSecretOf,
  type OidcSettings,
  settingDefaults,
  urlFields,
  usesClientKey,
} from './rules.ts';
import { connectionOf, settingsOf } from './settings-row.ts';

export interface TestOidcConfigDeps {
  readonly database: AuditedDatabase;
  readonly audit: AppendAudit;
  readonly keyring: Keyring;
  readonly clock: Clock;
  readonly testConnection: TestConnection;
  readonly turns: TestTurns;
}

interface TestRequest {
  readonly actor: Actor;
  readonly body: TestOidcConfigBody;
  readonly clientInfo: ClientInfo;
  readonly reqId: string;
}

/**
 * Tests the stored connection, or the result of a proposed PATCH, and stores nothing. The caller must be allowed to
 * change the connection, because the server calls the named addresses.
 *
 * @throws what {@link requireAccess} throws; `oidc_config_not_found` without a proposal if nothing is stored;
 *   `validation_failed`, `connection_tests_limited`, `idp_busy`.
 */
export async function testOidcConfig(deps: TestOidcConfigDeps, request: TestRequest): Promise<ConnectionTestReport> {
  const { actor, body, clientInfo, reqId } = request;
  const { organizationId, ...proposal } = body;
  const { db } = deps.database;
  const { id } = await requireAccess(deps.database, actor, { organizationId, subject: 'sso', action: 'edit' });
  const stored = await findOidcConfig(db, asId<OrganizationId>(id));
  if (stored === undefined) {
    await requireAccess(deps.database, actor, { organizationId, subject: 'sso', action: 'create' });
  }
  const isProposed = Object.values(proposal).some((value) => value !== undefined);
  const { subject, settings } =
    stored === undefined ? proposedSubject(id, proposal, isProposed) : await changedSubject(deps, stored, proposal);

  deps.turns.take(id);
  const report = await deps.testConnection(subject, { reqId });
  const failedSteps = report.steps.filter(({ outcome }) => outcome === 'failed').map(({ name }) => name);
  const hosts = hostsOf(settings);
  await deps.database.transaction(async (tx) => {
    // Checked again after the calls, which take a while: the caller must still have the permission.
    await requireAccessAlone(tx, actor, { organizationId, subject: 'sso', action: 'edit' });
    await deps.audit(tx, {
      organizationId: asId<OrganizationId>(id),
      actor: auditActor(actor),
      event: {
        type: 'oidc-config-test',
        metadata: { configId: stored?.id ?? null, isProposed, hosts, ok: report.ok, failedSteps },
      },
      clientInfo,
    });
  });
  return report;
}

type Proposal = Omit<TestOidcConfigBody, 'organizationId'>;

interface Tested {
  readonly subject: TestSubject;
  readonly settings: OidcSettings;
}

// Merged like a PATCH. The stored secret is sent only to its own destination. A proposal that changes the destination
// must include the secret, or the secret is not tested.
async function changedSubject(deps: TestOidcConfigDeps, stored: OidcConfigRow, proposal: Proposal): Promise<Tested> {
  const { clientSecret, ...change } = proposal;
  const before = settingsOf(stored);
  const settings = requireComplete({ ...before, ...change });
  const { db } = deps.database;
  const { clientSecret: storedSecret, clientKey, ...place } = await loadConnection({ ...deps, db }, stored);
  if (isPublicClient(settings)) return given(settings, { ...place, clientSecret: new Secret('') });
  const secret = newSecretOf(clientSecret);
  const isMoved = movesSecret(before, settings);
  if (usesClientKey(settings)) {
    const key = clientKey === undefined || isMoved ? {} : { clientKey };
    const connection = connectionOf(settings, { ...place, clientSecret: new Secret(''), ...key });
    return { settings, subject: { connection, secret: 'clientKey' in key ? 'stored' : 'missing' } };
  }
  if (secret !== undefined) return given(settings, { ...place, clientSecret: new Secret(secret) });
  // A client that had a key, or was public, has no secret to test.
  const state = stored.sealed_client_secret === '' ? 'missing' : isMoved ? 'moved' : 'stored';
  const connection = connectionOf(settings, { ...place, clientSecret: state === 'stored' ? storedSecret : noSecret() });
  return { settings, subject: { connection, secret: state } };
}

// What a POST would store, except that the secret may be missing and `isActive` does not matter.
function proposedSubject(organizationId: string, proposal: Proposal, isProposed: boolean): Tested {
  if (!isProposed) throw appError('oidc_config_not_found');
  const { clientSecret, configurationType, clientId, ...rest } = proposal;
  if (configurationType === undefined || clientId === undefined) {
    const missing = Object.entries({ configurationType, clientId }).filter(([, value]) => value === undefined);
    const issues = missing.map(([path]) => ({
      path,
      code: 'required',
      message: 'is required where nothing is stored',
    }));
    throw appError('validation_failed', { meta: { issues } });
  }
  const settings = requireComplete({ ...settingDefaults, isActive: true, ...rest, configurationType, clientId });
  const place = { connectionId: 'proposed', organizationId, revision: 'proposed' };
  if (isPublicClient(settings)) return given(settings, { ...place, clientSecret: new Secret('') });
  const secret = newSecretOf(clientSecret);
  if (secret !== undefined && !usesClientKey(settings)) {
    return given(settings, { ...place, clientSecret: new Secret(secret) });
  }
  return {
    settings,
    subject: { connection: connectionOf(settings, { ...place, clientSecret: noSecret() }), secret: 'missing' },
  };
}

function given(settings: OidcSettings, place: Parameters<typeof connectionOf>[1]): Tested {
  return { settings, subject: { connection: connectionOf(settings, place), secret: 'given' } };
}

// The test does not use it, and there is no value for it.
function noSecret(): Secret {
  return new Secret(() => {
    throw new TypeError('there is no client secret to try');
  });
}

// The first step of the test checks the URLs, so they are not validated here.
function requireComplete(settings: OidcSettings): OidcSettings {
  const checked = checkSettings(settings);
  if (!checked.ok) throw appError('validation_failed', { meta: { issues: checked.issues } });
  return checked.settings;
}

function hostsOf(settings: OidcSettings): string[] {
  const hosts = urlFields.flatMap((field) => URL.parse(settings[field])?.host ?? []);
  return [...new Set(hosts)];
}

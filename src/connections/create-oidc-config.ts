import { auditActor } from '../audit/append.ts';
import type { Actor, ClientInfo } from '../contract/actor.ts';
import { appError } from '../contract/errors.ts';
import { asId, type OrganizationId } from '../contract/ids.ts';
import { clientSecretMask, type CreateOidcConfigBody } from '../contract/oidc-config.ts';
import { refuseEarly, requireAccessAlone } from '../access/access.ts';
import { findRefusedProvider, findUrlFaults, requireAllowedUrls } from './check-urls.ts';
import { keepClientKey, wantsClientKey } from './keep-client-key.ts';
import { findOidcConfig, insertOidcConfig, type OidcConfigRow } from './queries.ts';
import type { SsoConfigDeps } from './routes.ts';
import { checkSettings, type OidcSettings, settingDefaults } from './rules.ts';
import { sealClientSecret } from './seal-client-secret.ts';
import { columnsOf } from './settings-row.ts';
import { chosenDefaultsOf } from './stored-options.ts';

/** Creates an organization's connection. */
export async function createOidcConfig(
  deps: SsoConfigDeps,
  { actor, body, clientInfo }: { actor: Actor; body: CreateOidcConfigBody; clientInfo: ClientInfo },
): Promise<OidcConfigRow> {
  const { organizationId, clientSecret, ...given } = body;
  const access = { organizationId, subject: 'sso', action: 'create' } as const;
  const organization = await refuseEarly(deps.database, actor, access);
  const settings = requireValid({ ...settingDefaults, ...given, chosenDefaults: chosenDefaultsOf(given) });
  if (clientSecret === clientSecretMask) {
    const issue = { path: 'clientSecret', code: 'mask', message: 'must be the secret itself, not its mask' };
    throw appError('validation_failed', { meta: { issues: [issue] } });
  }
  requireAllowedUrls(settings, deps.policy);
  // Checked in advance too, so that a request that must fail costs no key pair.
  if ((await findOidcConfig(deps.database.db, asId<OrganizationId>(organization.id))) !== undefined) {
    throw appError('oidc_config_exists');
  }
  const nowMs = deps.clock.nowMs();
  const row: OidcConfigRow = {
    id: deps.random.uuid(),
    organization_id: organization.id,
    revision: 1,
    ...columnsOf(settings),
    sealed_client_secret: sealClientSecret(deps.keyring, {
      organizationId: organization.id,
      settings,
      secret: clientSecret,
      stored: undefined,
    }),
    token_endpoint_origin: null,
    pinned_issuer: null,
    last_sign_in_at: null,
    created_at: nowMs,
    updated_at: nowMs,
  };
  const spare = wantsClientKey(undefined, settings) ? await deps.makeClientKey(organization.id) : undefined;
  await deps.database.transaction(async (tx) => {
    await requireAccessAlone(tx, actor, access);
    if (!(await insertOidcConfig(tx, row))) throw appError('oidc_config_exists');
    await deps.audit(tx, {
      organizationId: asId<OrganizationId>(organization.id),
      actor: auditActor(actor),
      event: {
        type: 'oidc-config-create',
        metadata: { configId: row.id, configurationType: settings.configurationType, isActive: settings.isActive },
      },
      clientInfo,
    });
    await keepClientKey(deps, tx, { row, before: undefined, after: settings, spare, by: { actor, clientInfo } });
  });
  return row;
}

/** Validates complete settings and reports every fault at once. @throws `validation_failed` */
export function requireValid(settings: OidcSettings): OidcSettings {
  const checked = checkSettings(settings);
  const issues = [...(checked.ok ? [] : checked.issues), ...findUrlFaults(settings), ...findRefusedProvider(settings)];
  if (!checked.ok || issues.length > 0) throw appError('validation_failed', { meta: { issues } });
  return checked.settings;
}

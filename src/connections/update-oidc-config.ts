import { auditActor } from '../audit/append.ts';
import type { Actor, ClientInfo } from '../contract/actor.ts';
import { appError, isKnownError } from '../contract/errors.ts';
import { asId, type OidcConfigId, type OrganizationId } from '../contract/ids.ts';
import type { UpdateOidcConfigBody } from '../contract/oidc-config.ts';
import { refuseEarly, requireAccessAlone } from '../access/access.ts';
import { requireAllowedUrls } from './check-urls.ts';
import { requireValid } from './create-oidc-config.ts';
import { keepClientKey, wantsClientKey } from './keep-client-key.ts';
import type { NewClientKey } from '../oidc/client-authentication/make-client-key.ts';
import { requireMatch } from '../http/precondition.ts';
import { findOidcConfig, type OidcConfigRow, updateOidcConfig } from './queries.ts';
import type { SsoConfigDeps } from './routes.ts';
import { changedFields, movesSecret, newSecretOf, type OidcSettings, unprovesSignIn } from './rules.ts';
import { sealClientSecret } from './seal-client-secret.ts';
import { columnsOf, settingsOf } from './settings-row.ts';
import { chosenDefaultsOf } from './stored-options.ts';

interface UpdateRequest {
  readonly actor: Actor;
  readonly body: UpdateOidcConfigBody;
  readonly ifMatch: string | undefined;
  readonly clientInfo: ClientInfo;
}

/** Changes the fields that a request names. The result must be as valid as a new connection. */
export async function changeOidcConfig(deps: SsoConfigDeps, request: UpdateRequest): Promise<OidcConfigRow> {
  const spares: SpareKey = { key: undefined };
  for (let tries = 1; ; tries += 1) {
    try {
      return await changeOnce(deps, request, spares);
    } catch (thrown) {
      // Without a precondition the caller does not depend on the previous state, so a request that lost a race is
      // retried.
      const lostRace = isKnownError(thrown) && thrown.code === 'precondition_failed' && request.ifMatch === undefined;
      if (!lostRace || tries === raceTriesMax) throw thrown;
    }
  }
}

const changedReason = 'connection_changed';

/** How often a change without a precondition is retried while others change the same connection. */
const raceTriesMax = 20;

/**
 * A key pair that was generated for this change. It survives a lost race, so one request generates at most one pair.
 */
interface SpareKey {
  key: NewClientKey | undefined;
}

async function changeOnce(deps: SsoConfigDeps, request: UpdateRequest, spare: SpareKey): Promise<OidcConfigRow> {
  const { organizationId, clientSecret, endSessions = false, ...change } = request.body;
  const access = { organizationId, subject: 'sso', action: 'edit' } as const;
  const organization = await refuseEarly(deps.database, request.actor, access);
  await makeSpareKey(deps, request, { organizationId: organization.id, spare });
  return deps.database.transaction(async (tx) => {
    await requireAccessAlone(tx, request.actor, access);
    const before = await findOidcConfig(tx, asId<OrganizationId>(organization.id));
    if (before === undefined) throw appError('oidc_config_not_found');
    requireMatch(request.ifMatch, before);
    const secret = newSecretOf(clientSecret);
    const after = requireValid(changedSettings(settingsOf(before), change));
    // Deactivating a connection must work even if the operator's policy has become stricter.
    if (after.isActive || unprovesSignIn(settingsOf(before), after)) requireAllowedUrls(after, deps.policy);
    const changed = changedRow(deps, { before, after, secret });
    const at = { id: asId<OidcConfigId>(before.id), revision: before.revision };
    if (!(await updateOidcConfig(tx, at, changed))) throw appError('precondition_failed');
    const ended = endSessions ? { endedSessions: await deps.endSessionsOf(tx, before, changedReason) } : {};
    const isOtherSecret = changed.sealed_client_secret !== before.sealed_client_secret;
    const secretField = isOtherSecret ? ['clientSecret'] : [];
    const fields = [...changedFields(settingsOf(before), after), ...secretField];
    await deps.audit(tx, {
      organizationId: asId<OrganizationId>(organization.id),
      actor: auditActor(request.actor),
      event: {
        type: 'oidc-config-update',
        metadata: { configId: before.id, changedFields: fields, isActive: after.isActive, ...ended },
      },
      clientInfo: request.clientInfo,
    });
    await keepClientKey(deps, tx, { row: before, before: settingsOf(before), after, spare: spare.key, by: request });
    return { ...before, ...changed, revision: before.revision + 1 };
  });
}

// An explicit choice stays until the option gets another value.
function changedSettings(before: OidcSettings, change: Partial<OidcSettings>): OidcSettings {
  const after = { ...before, ...change };
  const chosen = new Set([...before.chosenDefaults, ...chosenDefaultsOf(change)]);
  return { ...after, chosenDefaults: chosenDefaultsOf(after).filter((name) => chosen.has(name)) };
}

function changedRow(
  deps: SsoConfigDeps,
  { before, after, secret }: { before: OidcConfigRow; after: OidcSettings; secret: string | undefined },
) {
  const settings = settingsOf(before);
  const sealed = sealClientSecret(deps.keyring, {
    organizationId: before.organization_id,
    settings: after,
    secret,
    stored: { settings, sealed: before.sealed_client_secret },
  });
  // With another secret, the sign-in must be proved again too.
  const isUnproved = sealed !== before.sealed_client_secret || unprovesSignIn(settings, after);
  return {
    ...columnsOf(after),
    sealed_client_secret: sealed,
    // A caller who enters the secret again, or another destination, allows it to be sent where the discovery document
    // then leads.
    token_endpoint_origin: secret !== undefined || movesSecret(settings, after) ? null : before.token_endpoint_origin,
    // The same secret at the same address is no decision about the issuer.
    pinned_issuer: movesSecret(settings, after) ? null : before.pinned_issuer,
    last_sign_in_at: isUnproved ? null : before.last_sign_in_at,
    updated_at: deps.clock.nowMs(),
  };
}

// A key pair takes a while to make, so this predicts outside the transaction whether one will be needed. A change that
// must fail fails here, before the key pair. The transaction decides.
async function makeSpareKey(
  deps: SsoConfigDeps,
  { body, ifMatch }: UpdateRequest,
  { organizationId, spare }: { organizationId: string; spare: SpareKey },
): Promise<void> {
  const { clientSecret: _secret, organizationId: _id, endSessions: _ends, ...change } = body;
  const row = await findOidcConfig(deps.database.db, asId<OrganizationId>(organizationId));
  if (row === undefined) throw appError('oidc_config_not_found');
  requireMatch(ifMatch, row);
  const before = settingsOf(row);
  const after = requireValid({ ...before, ...change });
  if (after.isActive || unprovesSignIn(before, after)) requireAllowedUrls(after, deps.policy);
  if (wantsClientKey(before, after)) spare.key ??= await deps.makeClientKey(organizationId);
}

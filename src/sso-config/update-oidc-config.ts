import { auditActor } from '../audit/append.ts';
import type { Actor, RequestOrigin } from '../contract/actor.ts';
import { appError, isKnownError } from '../contract/errors.ts';
import { asId, type OidcConfigId, type OrganizationId } from '../contract/ids.ts';
import type { UpdateOidcConfigBody } from '../contract/oidc-config.ts';
import { requireAccess } from '../organizations/access.ts';
import { requireAllowedUrls } from './check-urls.ts';
import { requireValid } from './create-oidc-config.ts';
import { keepClientKey, wantsClientKey } from './keep-client-key.ts';
import { makeClientKey, type NewClientKey } from '../oidc/make-client-key.ts';
import { requireMatch } from './precondition.ts';
import { findOidcConfig, type OidcConfigRow, updateOidcConfig } from './queries.ts';
import type { SsoConfigDeps } from './routes.ts';
import { changedFields, movesSecret, newSecretOf, type OidcSettings, unprovesSignIn } from './rules.ts';
import { sealClientSecret } from './seal-client-secret.ts';
import { columnsOf, settingsOf } from './settings-row.ts';

interface UpdateRequest {
  readonly actor: Actor;
  readonly body: UpdateOidcConfigBody;
  readonly ifMatch: string | undefined;
  readonly origin: RequestOrigin;
}

/** Changes what a request names and leaves the rest; the result must be as valid as a new configuration. */
export async function changeOidcConfig(deps: SsoConfigDeps, request: UpdateRequest): Promise<OidcConfigRow> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await changeOnce(deps, request);
    } catch (thrown) {
      // Without a precondition the caller does not mind what was there, so whoever lost a race is simply next.
      const lostRace = isKnownError(thrown) && thrown.code === 'precondition_failed' && request.ifMatch === undefined;
      if (!lostRace || tries === raceTriesMax) throw thrown;
    }
  }
}

const changedReason = 'the OIDC configuration was changed';

/** So often is a change without a precondition tried while others change the same configuration. */
const raceTriesMax = 20;

async function changeOnce(deps: SsoConfigDeps, request: UpdateRequest): Promise<OidcConfigRow> {
  const { organizationId, clientSecret, endSessions = false, ...change } = request.body;
  const access = { organizationId, subject: 'sso', action: 'edit' } as const;
  const organization = await requireAccess(deps.database.db, request.actor, access);
  const spare = await makeSpareKey(deps, request.body, organization.id);
  return deps.database.transaction(async (tx) => {
    const before = await findOidcConfig(tx, asId<OrganizationId>(organization.id));
    if (before === undefined) throw appError('oidc_config_not_found');
    requireMatch(request.ifMatch, before);
    const secret = newSecretOf(clientSecret);
    const after = requireValid({ ...settingsOf(before), ...change });
    // Switching a configuration off must work even when the operator allows less than before.
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
      origin: request.origin,
    });
    await keepClientKey(deps, tx, { row: before, before: settingsOf(before), after, spare, by: request });
    return { ...before, ...changed, revision: before.revision + 1 };
  });
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
  // Another secret too leaves open whether the provider takes it.
  const isUnproved = sealed !== before.sealed_client_secret || unprovesSignIn(settings, after);
  return {
    ...columnsOf(after),
    sealed_client_secret: sealed,
    // Whoever enters the secret anew, or another place, says that it may go where the document then leads.
    token_origin: secret !== undefined || movesSecret(settings, after) ? null : before.token_origin,
    last_sign_in_at: isUnproved ? null : before.last_sign_in_at,
    updated_at: deps.clock.nowMs(),
  };
}

// A key pair takes a while to make, so whether one will be needed is judged beforehand; the transaction decides.
async function makeSpareKey(
  { database }: SsoConfigDeps,
  { clientSecret: _secret, organizationId: _id, endSessions: _ends, ...change }: UpdateOidcConfigBody,
  organizationId: string,
): Promise<NewClientKey | undefined> {
  const row = await findOidcConfig(database.db, asId<OrganizationId>(organizationId));
  if (row === undefined) return undefined;
  const before = settingsOf(row);
  return wantsClientKey(before, { ...before, ...change }) ? makeClientKey() : undefined;
}

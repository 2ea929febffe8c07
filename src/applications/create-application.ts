import { auditActor } from '../audit/append.ts';
import type { CreateApplicationBody } from '../contract/applications.ts';
import { appError } from '../contract/errors.ts';
import { type ApplicationId, asId } from '../contract/ids.ts';
import { applicationsPerOwnerMax } from '../contract/limits.ts';
import { type Application, defaultSettings, type StoredSecret, usesSecret } from './application.ts';
import { makeSecret } from './application-secret.ts';
import type { ApplicationsDeps, Caller } from './deps.ts';
import { claimResources, mergeSettings, requireStorable } from './merge-settings.ts';
import { countApplications, insertApplication } from './queries.ts';
import { requireOwnerAlone } from './require-application.ts';
import { insertSecret } from './secret-queries.ts';

/** 128 random bits. A client id is no secret (RFC 6749, section 2.2), but it must not be guessed by chance. */
const clientIdBytes = 16;

/** An application, its secrets and, if it has just got one, the value of the new secret. */
export interface CreatedApplication {
  readonly application: Application;
  readonly secrets: readonly StoredSecret[];
  readonly clientSecret?: string;
}

/**
 * Registers an application of an organization or, without `organizationId`, of the operator. One that authenticates with a
 * client secret gets its first.
 *
 * @throws `organization_not_found`, `permission_denied`, `validation_failed`, `outbound_url_refused`, `resource_taken` or
 * `limit_reached`.
 */
export async function createApplication(
  deps: ApplicationsDeps,
  { actor, clientInfo, body }: Caller & { readonly body: CreateApplicationBody },
): Promise<CreatedApplication> {
  const { organizationId: wanted, kind = 'web', ...given } = body;
  const { database, audit, clock, random } = deps;
  return database.transaction(async (tx) => {
    const organizationId = await requireOwnerAlone(tx, actor, wanted);
    const count = await countApplications(tx, { organizationId });
    if (count >= applicationsPerOwnerMax) throw appError('limit_reached');
    const nowMs = clock.nowMs();
    const application: Application = {
      id: asId<ApplicationId>(random.uuid()),
      clientId: random.bytes(clientIdBytes).toString('hex'),
      organizationId,
      kind,
      ...mergeSettings({ name: body.name, ...defaultSettings(kind) }, given),
      revision: 1,
      createdAtMs: nowMs,
      updatedAtMs: nowMs,
    };
    await requireStorable(deps, tx, application);
    await insertApplication(tx, application);
    await claimResources(tx, application);
    const { id: applicationId, clientId, name } = application;
    await audit(tx, {
      organizationId: organizationId ?? undefined,
      actor: auditActor(actor),
      event: { type: 'application-create', metadata: { applicationId, clientId, name, kind } },
      clientInfo,
    });
    if (!usesSecret(application)) return { application, secrets: [] };
    const { clientSecret, secretHash, stored } = makeSecret(random, { nowMs, expiresAtMs: null });
    await insertSecret(tx, { ...stored, applicationId, secretHash });
    return { application, secrets: [stored], clientSecret };
  });
}

import type { CreateApplicationBody, UpdateApplicationBody } from '../contract/applications.ts';
import { appError } from '../contract/errors.ts';
import { asId, type OrganizationId } from '../contract/ids.ts';
import type { Tx } from '../storage/database.ts';
import type { Application, ApplicationSettings } from './application.ts';
import { requireCallable } from './check-outbound.ts';
import type { ApplicationsDeps } from './deps.ts';
import { findExistingOrganizations, replaceResources } from './queries.ts';
import { requireValid } from './rules.ts';

/** Settings as a request names them. Who owns the application, and its kind, are not settings. */
type Given = Omit<CreateApplicationBody | UpdateApplicationBody, 'kind' | 'organizationId'>;

/** The settings that result from a request. */
export function mergeSettings(before: ApplicationSettings, given: Given): ApplicationSettings {
  const { organizationIds, ...rest } = given;
  const merged = { ...settingsOf(before), ...rest };
  if (organizationIds === undefined) {
    // A caller that stops listing organizations need not empty the list as well.
    return merged.organizations === 'all' ? { ...merged, organizationIds: [] } : merged;
  }
  const ids = [...new Set(organizationIds)].toSorted().map((id) => asId<OrganizationId>(id));
  return { ...merged, organizationIds: ids };
}

/** The settings of an application, without its identity, owner and dates. */
export function settingsOf(application: ApplicationSettings | Application): ApplicationSettings {
  if (!('id' in application)) return application;
  const { id: _id, clientId: _client, organizationId: _owner, kind: _kind, ...rest } = application;
  const { revision: _revision, createdAtMs: _created, updatedAtMs: _updated, ...settings } = rest;
  return settings;
}

/**
 * Checks an application before it is written, and claims the identifiers of its APIs.
 *
 * @throws `validation_failed`, `outbound_url_refused` or `resource_taken`.
 */
export async function requireStorable(
  { policy, site }: ApplicationsDeps,
  tx: Tx,
  application: Application,
): Promise<void> {
  const { kind, organizationId, organizationIds } = application;
  requireValid({ kind, isOfOrganization: organizationId !== null, settings: application }, site);
  requireCallable(application, policy);
  const existing = await findExistingOrganizations(tx, organizationIds);
  const issues = organizationIds.flatMap((id, index) =>
    existing.has(id)
      ? []
      : [{ path: `organizationIds.${index}`, code: 'unknown', message: 'must be the id of an organization' }],
  );
  if (issues.length > 0) throw appError('validation_failed', { meta: { issues } });
}

/** Makes an application's APIs those of its settings. Its row exists already. @throws `resource_taken` */
export async function claimResources(tx: Tx, application: Application): Promise<void> {
  const taken = await replaceResources(tx, application);
  if (taken.length === 0) return;
  const issues = taken.map((identifier) => ({
    path: `resources.${application.resources.indexOf(identifier)}`,
    code: 'taken',
    message: 'is offered by another application of the same owner',
  }));
  throw appError('resource_taken', { meta: { issues } });
}

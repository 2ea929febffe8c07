import type { ExpressionBuilder, Selectable } from 'kysely';

import { isIdentifier } from '../contract/identifier.ts';
import { type ApplicationId, asId, type OrganizationId } from '../contract/ids.ts';
import type { Page } from '../contract/page.ts';
import { holds } from '../storage/text-search.ts';
import type { Db, Tx } from '../storage/database.ts';
import { fromBit, toBit } from '../storage/schema/codecs.ts';
import type { Schema } from '../storage/schema/schema.ts';
import type { Application, ApplicationSettings, JwkSet } from './application.ts';

/** Selects applications: of one owner or of all, and those whose name contains a text. */
export interface ApplicationsWanted {
  /** An organization, `null` for the operator, or every owner. */
  readonly organizationId: OrganizationId | null | 'any';
  readonly search?: string;
}

/** An application of any owner. The caller's access is checked against it. */
export async function findApplication(db: Db | Tx, id: string): Promise<Application | undefined> {
  if (!isIdentifier(id)) return undefined;
  const rows = await db.selectFrom('applications').selectAll().where('id', '=', id).execute();
  return (await withLists(db, rows))[0];
}

/** A page of applications, by name. */
export async function listApplicationsWanted(
  db: Db,
  wanted: ApplicationsWanted,
  { offset, limit }: Page,
): Promise<Application[]> {
  const rows = await db
    .selectFrom('applications')
    .selectAll()
    .where(fits(wanted))
    .orderBy('name')
    .orderBy('id')
    .offset(offset)
    .limit(limit)
    .execute();
  return withLists(db, rows);
}

export async function countApplications(db: Db | Tx, wanted: ApplicationsWanted): Promise<number> {
  const { count } = await db
    .selectFrom('applications')
    .select((row) => row.fn.countAll<number>().as('count'))
    .where(fits(wanted))
    .executeTakeFirstOrThrow();
  return Number(count);
}

function fits({ organizationId, search = '' }: ApplicationsWanted) {
  return ({ eb, and }: ExpressionBuilder<Schema, 'applications'>) =>
    and([
      ...(organizationId === 'any' ? [] : [eb('organization_id', 'is not distinct from', organizationId)]),
      ...(search === '' ? [] : [holds('applications.name', search)]),
    ]);
}

export async function insertApplication(tx: Tx, application: Application): Promise<void> {
  const { id, clientId, organizationId, kind, revision, createdAtMs, updatedAtMs } = application;
  await tx
    .insertInto('applications')
    .values({
      id,
      client_id: clientId,
      organization_id: organizationId,
      kind,
      revision,
      created_at: createdAtMs,
      updated_at: updatedAtMs,
      ...columnsOf(application),
    })
    .execute();
  await insertOrganizations(tx, application);
}

/** Writes an application's settings and the revision that they make. */
export async function updateApplicationRow(tx: Tx, application: Application): Promise<void> {
  const { id, revision, updatedAtMs } = application;
  await tx
    .updateTable('applications')
    .set({ ...columnsOf(application), revision, updated_at: updatedAtMs })
    .where('id', '=', id)
    .execute();
  await tx.deleteFrom('application_organizations').where('application_id', '=', id).execute();
  await insertOrganizations(tx, application);
}

/** Deletes an application with everything that hangs on it. */
export async function deleteApplicationRow(tx: Tx, id: ApplicationId): Promise<void> {
  await tx.deleteFrom('applications').where('id', '=', id).execute();
}

/** Which of these organizations exist. */
export async function findExistingOrganizations(db: Db | Tx, ids: readonly string[]): Promise<ReadonlySet<string>> {
  const wanted = ids.filter(isIdentifier);
  if (wanted.length === 0) return new Set();
  const rows = await db.selectFrom('organizations').select('id').where('id', 'in', wanted).execute();
  return new Set(rows.map(({ id }) => id));
}

/**
 * Makes the given identifiers an application's APIs, in place of those that it offered.
 *
 * @returns those that another application of the same owner offers; if there is one, the transaction must not commit.
 */
export async function replaceResources(
  tx: Tx,
  { id, organizationId, resources }: Pick<Application, 'id' | 'organizationId' | 'resources'>,
): Promise<string[]> {
  const owner = organizationId ?? '';
  await tx.deleteFrom('application_resources').where('application_id', '=', id).execute();
  if (resources.length === 0) return [];
  const taken = await tx
    .selectFrom('application_resources')
    .select('identifier')
    .where('owner', '=', owner)
    .where('identifier', 'in', resources)
    .execute();
  if (taken.length > 0) return taken.map(({ identifier }) => identifier);
  const rows = resources.map((identifier) => ({ owner, identifier, application_id: id }));
  await tx.insertInto('application_resources').values(rows).execute();
  return [];
}

async function insertOrganizations(tx: Tx, { id, organizationIds }: Application): Promise<void> {
  if (organizationIds.length === 0) return;
  const rows = organizationIds.map((organizationId) => ({ application_id: id, organization_id: organizationId }));
  await tx.insertInto('application_organizations').values(rows).execute();
}

type ApplicationRow = Selectable<Schema['applications']>;

async function withLists(db: Db | Tx, rows: readonly ApplicationRow[]): Promise<Application[]> {
  const ids = rows.map(({ id }) => id);
  if (ids.length === 0) return [];
  const organizations = rows.some(({ reach }) => reach === 'listed')
    ? await db
        .selectFrom('application_organizations')
        .selectAll()
        .where('application_id', 'in', ids)
        .orderBy('organization_id')
        .execute()
    : [];
  const resources = await db
    .selectFrom('application_resources')
    .selectAll()
    .where('application_id', 'in', ids)
    .orderBy('identifier')
    .execute();
  return rows.map((row) => ({
    ...applicationOf(row),
    organizationIds: organizations
      .filter(({ application_id: id }) => id === row.id)
      .map(({ organization_id: id }) => asId<OrganizationId>(id)),
    resources: resources.filter(({ application_id: id }) => id === row.id).map(({ identifier }) => identifier),
  }));
}

function applicationOf(row: ApplicationRow): Omit<Application, 'organizationIds' | 'resources'> {
  return {
    id: asId<ApplicationId>(row.id),
    clientId: row.client_id,
    organizationId: row.organization_id === null ? null : asId<OrganizationId>(row.organization_id),
    name: row.name,
    kind: row.kind,
    redirectUris: jsonOf<string[]>(row.redirect_uris),
    postLogoutRedirectUris: jsonOf<string[]>(row.post_logout_redirect_uris),
    backchannelLogoutUri: row.backchannel_logout_uri,
    initiateLoginUri: row.initiate_login_uri,
    tokenEndpointAuthMethod: row.token_endpoint_auth_method,
    jwksUri: row.jwks_uri,
    jwks: row.jwks === null ? null : jsonOf<JwkSet>(row.jwks),
    idTokenSignedResponseAlg: row.id_token_algorithm,
    organizations: row.reach,
    groups: row.allowed_groups === null ? null : jsonOf<string[]>(row.allowed_groups),
    groupsClaim: row.groups_claim,
    refreshTokens: row.refresh_tokens,
    pkce: row.pkce,
    requireConsent: fromBit(row.require_consent),
    deviceGrant: fromBit(row.device_grant),
    revision: row.revision,
    createdAtMs: row.created_at,
    updatedAtMs: row.updated_at,
  };
}

function jsonOf<Value>(json: string): Value {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- this file wrote it
  return JSON.parse(json) as Value;
}

function columnsOf(settings: ApplicationSettings) {
  return {
    name: settings.name,
    redirect_uris: JSON.stringify(settings.redirectUris),
    post_logout_redirect_uris: JSON.stringify(settings.postLogoutRedirectUris),
    backchannel_logout_uri: settings.backchannelLogoutUri,
    initiate_login_uri: settings.initiateLoginUri,
    token_endpoint_auth_method: settings.tokenEndpointAuthMethod,
    jwks_uri: settings.jwksUri,
    jwks: settings.jwks === null ? null : JSON.stringify(settings.jwks),
    id_token_algorithm: settings.idTokenSignedResponseAlg,
    reach: settings.organizations,
    allowed_groups: settings.groups === null ? null : JSON.stringify(settings.groups),
    groups_claim: settings.groupsClaim,
    refresh_tokens: settings.refreshTokens,
    pkce: settings.pkce,
    require_consent: toBit(settings.requireConsent),
    device_grant: toBit(settings.deviceGrant),
  };
}
/** An application by the `client_id` of a request. */
export async function findApplicationByClientId(db: Db | Tx, clientId: string): Promise<Application | undefined> {
  const rows = await db.selectFrom('applications').selectAll().where('client_id', '=', clientId).execute();
  return (await withLists(db, rows))[0];
}

/** Whether there is any application. */
export async function hasApplications(db: Db | Tx): Promise<boolean> {
  return (await db.selectFrom('applications').select('id').limit(1).executeTakeFirst()) !== undefined;
}

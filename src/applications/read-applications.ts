import { requireAccess } from '../access/read-access.ts';
import type { Actor } from '../contract/actor.ts';
import type { OrganizationId } from '../contract/ids.ts';
import { pageOf } from '../contract/page.ts';
import type { Application, StoredSecret } from './application.ts';
import type { ApplicationsDeps } from './deps.ts';
import { type ApplicationsWanted, countApplications, listApplicationsWanted } from './queries.ts';
import { requireApplication } from './require-application.ts';
import { listSecrets } from './secret-queries.ts';

type ReadDeps = Pick<ApplicationsDeps, 'database' | 'clock'>;

/** An application and its secrets, without their values. */
export interface WithSecrets {
  readonly application: Application;
  readonly secrets: readonly StoredSecret[];
}

/**
 * One application.
 *
 * @throws `application_not_found` or `permission_denied`.
 */
export async function readApplication({ database, clock }: ReadDeps, actor: Actor, id: string): Promise<WithSecrets> {
  const application = await requireApplication(database, actor, id);
  const secrets = await listSecrets(database.db, [application.id], clock.nowMs());
  return { application, secrets: secrets.get(application.id) ?? [] };
}

/**
 * A page of applications by name: those of an organization, or all of the server for an instance admin who names none.
 *
 * @throws `organization_not_selected`, `organization_not_found` or `permission_denied`.
 */
export async function listApplications(
  { database, clock }: ReadDeps,
  actor: Actor,
  query: { organizationId?: string; search?: string; offset?: number; limit?: number },
): Promise<{ applications: WithSecrets[]; totalCount: number }> {
  const wanted: ApplicationsWanted = {
    organizationId: await ownerOf(database, actor, query.organizationId),
    ...(query.search === undefined ? {} : { search: query.search }),
  };
  const applications = await listApplicationsWanted(database.db, wanted, pageOf(query));
  const secrets = await listSecrets(
    database.db,
    applications.map(({ id }) => id),
    clock.nowMs(),
  );
  return {
    applications: applications.map((application) => ({ application, secrets: secrets.get(application.id) ?? [] })),
    totalCount: await countApplications(database.db, wanted),
  };
}

async function ownerOf(
  database: ApplicationsDeps['database'],
  actor: Actor,
  organizationId: string | undefined,
): Promise<OrganizationId | 'any'> {
  if (organizationId === undefined && actor.isInstanceAdmin) return 'any';
  const question = { organizationId, subject: 'applications', action: 'read' } as const;
  return (await requireAccess(database, actor, question)).id;
}

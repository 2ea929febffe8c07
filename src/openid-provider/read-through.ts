import type { Application } from '../applications/application.ts';
import { findApplication, findApplicationByClientId } from '../applications/queries.ts';
import { findMemberSession, type MemberSession } from './member-queries.ts';
import type { ProviderCall } from './provider-call.ts';
import type { ProviderDeps } from './provider-deps.ts';

/** The application with a `client_id`, read once per request. */
export async function applicationOf(
  { database }: Pick<ProviderDeps, 'database'>,
  { applications }: Pick<ProviderCall, 'applications'>,
  clientId: string,
): Promise<Application | undefined> {
  if (applications.has(clientId)) return applications.get(clientId);
  const application = await findApplicationByClientId(database.db, clientId);
  applications.set(clientId, application);
  return application;
}

/** The application with an id, read once per request. */
export async function applicationById(
  { database }: Pick<ProviderDeps, 'database'>,
  { applications }: Pick<ProviderCall, 'applications'>,
  id: string,
): Promise<Application | undefined> {
  const known = [...applications.values()].find((application) => application?.id === id);
  if (known !== undefined) return known;
  const application = await findApplication(database.db, id);
  if (application !== undefined) applications.set(application.clientId, application);
  return application;
}

/** A session and its member, read once per request. */
export async function sessionOf(
  { database }: Pick<ProviderDeps, 'database'>,
  { sessions }: Pick<ProviderCall, 'sessions'>,
  sessionId: string,
): Promise<MemberSession | undefined> {
  if (sessions.has(sessionId)) return sessions.get(sessionId);
  const session = await findMemberSession(database.db, sessionId);
  sessions.set(sessionId, session);
  return session;
}

import type { Application } from '../applications/application.ts';
import { admitsOrganization } from '../applications/may-use.ts';
import type { Clock } from '../kernel/clock.ts';
import type { Reader } from '../storage/database.ts';
import { findBrowserSession, type MemberSession } from './member-queries.ts';

/** The live sessions of a browser in organizations that may use an application. */
export async function findBrowserSessions(
  { database, clock }: { readonly database: Reader; readonly clock: Clock },
  application: Application,
  browserHashes: Iterable<string>,
): Promise<MemberSession[]> {
  const nowMs = clock.nowMs();
  const sessions: MemberSession[] = [];
  for (const browserHash of browserHashes) {
    const session = await findBrowserSession(database.db, { browserHash, nowMs });
    if (session !== undefined && admitsOrganization(application, session.organization.id)) sessions.push(session);
  }
  return sessions;
}

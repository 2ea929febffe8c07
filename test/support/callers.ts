import { randomUUID } from 'node:crypto';

import type { Role } from '../../src/contract/shapes.ts';
import type { Answer, Bootstrapped, TestServer } from './server.ts';

/** Adds an organization through the API, and returns its identifier. */
export async function addOrganization(server: TestServer, { token }: Bootstrapped): Promise<string> {
  const { body } = await server.call('/api/v2/organizations', { token, json: { name: `Other ${randomUUID()}` } });
  return body.organization.id;
}

/** A user with a session without an organization, and one for their organization. */
export interface Person {
  readonly userId: string;
  readonly email: string;
  readonly looseToken: string;
  readonly token: string;
}

/**
 * Adds a member of an organization who is not an instance admin, and signs them in with the instance admin's password.
 */
export async function addMember(
  server: TestServer,
  boot: Bootstrapped,
  { organizationId, role }: { organizationId: string; role: Role },
): Promise<Person> {
  const { userId, email } = await addPerson(server, boot, { organizationId, role });
  const login = await signIn(server, { email, password: boot.admin.password });
  const looseToken: string = login.body.accessToken;
  const chosen = await server.call('/api/v3/auth/select-organization', { token: looseToken, json: { organizationId } });
  return { userId, email, looseToken, token: chosen.body.token };
}

/** Adds a member of an organization without a sign-in. That is faster, because no password is checked. */
export async function addPerson(
  server: TestServer,
  { admin }: Bootstrapped,
  { organizationId, role }: { organizationId: string; role: Role },
): Promise<{ userId: string; email: string; membershipId: string }> {
  const [userId, membershipId] = [randomUUID(), randomUUID()];
  const email = `member-${userId}@acme.example`;
  const times = { created_at: 0, updated_at: 0 };
  await server.database.transaction(async (tx) => {
    const template = await tx
      .selectFrom('users')
      .selectAll()
      .where('email', '=', admin.email)
      .executeTakeFirstOrThrow();
    const names = { id: userId, username: email, email, email_key: email };
    await tx
      .insertInto('users')
      .values({ ...template, ...names, is_instance_admin: 0, ...times })
      .execute();
    const membership = { id: membershipId, organization_id: organizationId, user_id: userId, role, email_key: email };
    const state = { status: 'accepted', is_active: 1, source: 'manual', last_login_method: null } as const;
    await tx
      .insertInto('memberships')
      .values({ ...membership, ...state, last_login_at: null, ...times })
      .execute();
  });
  return { userId, email, membershipId };
}

/** Signs in with a password. */
export async function signIn(server: TestServer, json: { email: string; password: string }): Promise<Answer> {
  return server.call('/api/v3/auth/login', { json });
}

/** A machine identity with its credentials. */
export interface Machine {
  readonly identityId: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

/** Adds a machine identity with universal auth and one client secret. */
export async function addMachine(
  server: TestServer,
  { token }: Bootstrapped,
  { organizationId, role, settings = {} }: { organizationId: string; role: Role; settings?: object },
): Promise<Machine> {
  const made = await server.call('/api/v1/identities', { token, json: { name: 'deployer', organizationId, role } });
  const identityId: string = made.body.identity.id;
  const url = `/api/v1/auth/universal-auth/identities/${identityId}`;
  const auth = await server.call(url, { token, json: settings });
  const secret = await server.call(`${url}/client-secrets`, { token, json: {} });
  return {
    identityId,
    clientId: auth.body.identityUniversalAuth.clientId,
    clientSecret: secret.body.clientSecret,
  };
}

/** Logs a machine identity in. */
export async function logIn(server: TestServer, { clientId, clientSecret }: Machine): Promise<Answer> {
  return server.call('/api/v1/auth/universal-auth/login', { json: { clientId, clientSecret } });
}

/** The refresh cookie of a response as a `Cookie` header; `undefined` without one. */
export function refreshCookieOf({ headers }: Answer): string | undefined {
  return headers
    .getSetCookie()
    .map((cookie) => cookie.split(';')[0])
    .find((pair) => pair?.startsWith('jid='));
}

/**
 * An error response without the parts that always differ: byte for byte the same if a caller must not see a difference.
 */
export function withoutRequestId({ status, text }: Answer): string {
  return `${status} ${text.replace(/"reqId":"[^"]*"/, '"reqId":""')}`;
}

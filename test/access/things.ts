import { randomUUID } from 'node:crypto';

import { addMachine, addPerson } from '../support/callers.ts';
import { configUrl, customConfig } from '../support/oidc-config-body.ts';
import type { Bootstrapped, TestServer } from '../support/server.ts';

/** The resources of an organization that a request can refer to. Each is created on first use. */
export interface Things {
  readonly organizationId: string;
  groupId(): Promise<string>;
  domainId(): Promise<string>;
  /** A domain that no organization has claimed. */
  newDomain(): string;
  /** An address that no user has. */
  newAddress(): string;
  /** An open invitation. */
  invitationId(): Promise<string>;
  /** One member, by both of their IDs. */
  membershipId(): Promise<string>;
  username(): Promise<string>;
  /** A machine identity with universal auth, and one of its client secrets. */
  identityId(): Promise<string>;
  clientSecretId(): Promise<string>;
  /** An application of the organization, and one of its client secrets. */
  applicationId(): Promise<string>;
  secretId(): Promise<string>;
  /** A name that no resource has. */
  newName(): string;
  /** Creates or removes the organization's connection. */
  configure(wanted: boolean): Promise<void>;
  /** Configures or removes a webhook for the audit trail, with a receiver that accepts nothing. */
  hook(wanted: boolean): Promise<void>;
  /** Deletes the secrets of the application. */
  dropSecrets(): Promise<void>;
  /** Removes the machine identity's universal auth. */
  detach(): Promise<void>;
  /** Adds the member to the group. */
  joinGroup(): Promise<void>;
}

/** Resources of an existing organization. */
export function createThings(server: TestServer, boot: Bootstrapped, organizationId: string): Things {
  const { token } = boot;
  const newName = () => `Thing ${randomUUID()}`;
  const group = once(async () => {
    const { body } = await server.call('/api/v1/groups', { token, json: { name: newName(), organizationId } });
    return body.id as string;
  });
  const person = once(async () => addPerson(server, boot, { organizationId, role: 'member' }));
  const machine = once(async () => addMachine(server, boot, { organizationId, role: 'member' }));
  const application = once(async () => {
    const json = { name: newName(), organizationId, redirectUris: ['https://app.example/callback'] };
    return (await server.call('/api/v1/applications', { token, json })).body.application.id as string;
  });
  const universalAuthUrl = async () => `/api/v1/auth/universal-auth/identities/${(await machine()).identityId}`;
  return {
    organizationId,
    groupId: group,
    domainId: once(async () => {
      const json = { domain: newDomain(), organizationId };
      return (await server.call('/api/v1/email-domains', { token, json })).body.emailDomain.id as string;
    }),
    newDomain,
    newAddress,
    invitationId: once(async () => {
      const url = `/api/v1/organization/${organizationId}/invitations`;
      return (await server.call(url, { token, json: { email: newAddress() } })).body.invitation.id as string;
    }),
    membershipId: async () => (await person()).membershipId,
    username: async () => (await person()).email,
    identityId: async () => (await machine()).identityId,
    clientSecretId: async () => {
      const { body } = await server.call(`${await universalAuthUrl()}/client-secrets`, { token });
      return body.clientSecretData[0].id;
    },
    applicationId: application,
    secretId: async () => {
      const applicationUrl = `/api/v1/applications/${await application()}`;
      const { secrets } = (await server.call(applicationUrl, { token })).body.application;
      if (secrets.length > 0) return secrets[0].id as string;
      return (await server.call(`${applicationUrl}/secrets`, { token, json: {} })).body.secret.id as string;
    },
    newName,
    configure: async (wanted) => {
      await server.call(`${configUrl}?organizationId=${organizationId}`, { method: 'DELETE', token });
      if (wanted) await server.call(configUrl, { token, json: customConfig(organizationId) });
    },
    hook: async (wanted) => {
      const url = `/api/v1/organization/${organizationId}/audit-webhook`;
      await server.call(url, { method: 'DELETE', token });
      // Paused, so that no delivery interferes.
      const json = { url: `${server.url}/nowhere`, isActive: false };
      if (wanted) await server.call(url, { token, json });
    },
    dropSecrets: async () => {
      const applicationUrl = `/api/v1/applications/${await application()}`;
      const { secrets } = (await server.call(applicationUrl, { token })).body.application;
      for (const { id } of secrets) await server.call(`${applicationUrl}/secrets/${id}`, { method: 'DELETE', token });
    },
    detach: async () => void (await server.call(await universalAuthUrl(), { method: 'DELETE', token })),
    joinGroup: async () => {
      await server.call(`${configUrl}?organizationId=${organizationId}`, { method: 'DELETE', token });
      const url = `/api/v1/groups/${await group()}/users/${(await person()).email}`;
      await server.call(url, { method: 'POST', token });
    },
  };
}

/** IDs of resources that do not exist, in an organization that does not exist. */
export function createUnknownThings(): Things {
  const unknown = () => Promise.resolve(randomUUID());
  const nothing = () => Promise.resolve();
  return {
    organizationId: randomUUID(),
    groupId: unknown,
    domainId: unknown,
    newDomain,
    newAddress,
    invitationId: unknown,
    membershipId: unknown,
    username: unknown,
    identityId: unknown,
    clientSecretId: unknown,
    applicationId: unknown,
    secretId: unknown,
    newName: () => `Thing ${randomUUID()}`,
    configure: nothing,
    hook: nothing,
    dropSecrets: nothing,
    detach: nothing,
    joinGroup: nothing,
  };
}

function newDomain(): string {
  return `walk-${randomUUID()}.com`;
}

function newAddress(): string {
  return `walk-${randomUUID()}@invited.example`;
}

function once<Result>(make: () => Promise<Result>): () => Promise<Result> {
  let made: Promise<Result> | undefined;
  return () => (made ??= make());
}

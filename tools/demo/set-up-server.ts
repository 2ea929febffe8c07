import { Type } from 'typebox';

import { Group } from '../../src/contract/groups.ts';
import { OidcConfig } from '../../src/contract/oidc-config.ts';
import { organizationRoutes } from '../../src/contract/organizations.ts';
import type { Random } from '../../src/kernel/random.ts';
import type { ApiClient } from './api-client.ts';
import type { DemoMemory } from './demo-memory.ts';
import { enterServer, type Entry } from './enter-server.ts';

/** The organization of the demo's users. Its e-mail domain is that of the practice users. */
export const demoOrganization = { name: 'Acme', slug: 'acme', domain: 'acme.example' } as const;

const demoGroups = [
  { name: 'Engineering', role: 'member' },
  { name: 'Admins', role: 'admin' },
] as const;

const configPath = '/api/v1/sso/oidc/config';

interface SetUpParts {
  readonly api: ApiClient;
  readonly random: Random;
  readonly discoveryUrl: string;
  readonly remembered: DemoMemory | undefined;
  readonly remember: (memory: DemoMemory) => Promise<void>;
}

/** A server that is set up for the demo, and the demo's machine identity there. */
export interface ReadyServer extends Entry {
  readonly organizationId: string;
}

/**
 * Brings the server to the demo's initial state, only through its public API. Each step checks the current state, so
 * the next start completes an interrupted one.
 *
 * @throws {DemoProblem} if the server has data that the demo did not create
 */
export async function setUpServer(parts: SetUpParts): Promise<ReadyServer> {
  const server = await haveOrganization(parts, await enterServer(parts));
  await haveGroups(parts.api, server);
  await haveConfig(parts, server);
  return server;
}

async function haveOrganization({ api, remember }: SetUpParts, entry: Entry): Promise<ReadyServer> {
  const { organizationId: known } = entry.memory;
  if (known !== undefined) return { ...entry, organizationId: known };
  const { organization } = await api.call({
    method: 'POST',
    path: '/api/v2/organizations',
    token: entry.token,
    body: { name: demoOrganization.name, slug: demoOrganization.slug },
    answer: organizationRoutes.createOrganization.response,
  });
  const memory = { ...entry.memory, organizationId: organization.id };
  await remember(memory);
  return { ...entry, memory, organizationId: organization.id };
}

async function haveGroups(api: ApiClient, { token, organizationId }: ReadyServer): Promise<void> {
  const path = '/api/v1/groups';
  const answer = Type.Array(Group);
  const query = new URLSearchParams({ organizationId });
  const there = await api.call({ method: 'GET', path: `${path}?${query}`, token, answer });
  for (const group of demoGroups.filter(({ name }) => !there.some((one) => one.name === name))) {
    await api.call({ method: 'POST', path, token, body: { ...group, organizationId }, answer: Type.Object({}) });
  }
}

async function haveConfig({ api, discoveryUrl, remember }: SetUpParts, server: ReadyServer): Promise<void> {
  const { token, organizationId, memory } = server;
  const query = new URLSearchParams({ organizationId });
  const there = await api.find({ method: 'GET', path: `${configPath}?${query}`, token, answer: OidcConfig });
  const place = { organizationId, discoveryURL: discoveryUrl };
  if (there === undefined) {
    const body = {
      ...place,
      ...memory.practiceClient,
      configurationType: 'discoveryURL',
      isActive: true,
      allowedEmailDomains: demoOrganization.domain,
      manageGroupMemberships: true,
    };
    await api.call({ method: 'POST', path: configPath, token, body, answer: OidcConfig });
  } else if (there.discoveryURL === memory.discoveryUrl && memory.discoveryUrl !== discoveryUrl) {
    // The practice provider has another port than at the last start. A connection that a user has changed since is
    // kept. The secret would be sent to another host, so the API requires it again.
    const body = { ...place, clientSecret: memory.practiceClient.clientSecret };
    await api.call({ method: 'PATCH', path: configPath, token, body, answer: OidcConfig });
  } else {
    return;
  }
  await remember({ ...memory, discoveryUrl });
}

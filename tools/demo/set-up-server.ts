import { Type } from 'typebox';

import { GroupWithRole } from '../../src/contract/groups.ts';
import { OidcConfig } from '../../src/contract/oidc-config.ts';
import { organizationRoutes } from '../../src/contract/organizations.ts';
import { BootstrapResult } from '../../src/contract/server.ts';
import type { Random } from '../../src/kernel/random.ts';
import type { ApiClient } from './api-client.ts';
import type { DemoMemory } from './demo-memory.ts';
import { DemoProblem } from './demo-problem.ts';

/** The organization that the demo's people sign in to; its address's domain is the practice people's. */
export const demoOrganization = { name: 'Acme', slug: 'acme', domain: 'acme.example' } as const;

const demoGroups = [
  { name: 'Engineering', role: 'member' },
  { name: 'Admins', role: 'admin' },
] as const;

const adminEmail = 'admin@sallyport.example';
const operatorsOrganization = 'Operators';
const configPath = '/api/v1/sso/oidc/config';

interface SetUpParts {
  readonly api: ApiClient;
  readonly random: Random;
  readonly discoveryUrl: string;
  readonly remembered: DemoMemory | undefined;
  readonly remember: (memory: DemoMemory) => Promise<void>;
}

/** A memory that is complete. */
export type CompleteMemory = DemoMemory & { readonly organizationId: string };

/**
 * Brings the server to where the demo starts from, through its public API alone. Each step looks at what is there, so
 * a start that was cut short is taken up by the next one.
 *
 * @throws {DemoProblem} when the server has data that the demo knows nothing of
 */
export async function setUpServer(parts: SetUpParts): Promise<CompleteMemory> {
  const admitted = await beAdmitted(parts);
  const memory = await haveOrganization(parts, admitted);
  await haveGroups(parts.api, memory);
  await haveConfig(parts, memory);
  return memory;
}

async function beAdmitted({ api, random, remembered, remember }: SetUpParts): Promise<DemoMemory> {
  const status = await api.call({
    method: 'GET',
    path: '/api/status',
    answer: Type.Object({ isBootstrapped: Type.Boolean() }),
  });
  if (status.isBootstrapped) {
    if (remembered !== undefined) return remembered;
    throw new DemoProblem(
      'The database has data, but data/demo.json, which holds the credentials for it, is missing. If nothing in the ' +
        'folder data is worth keeping, delete the folder; otherwise move it elsewhere. Then start the demo again.',
    );
  }
  const admin = { email: adminEmail, password: random.token(12) };
  const result = await api.call({
    method: 'POST',
    path: '/api/v1/admin/bootstrap',
    body: { ...admin, organization: operatorsOrganization },
    answer: BootstrapResult,
  });
  const practiceClient = { clientId: 'sallyport-demo', clientSecret: random.token(32) };
  const memory = { admin, apiToken: result.identity.credentials.token, practiceClient };
  await remember(memory);
  return memory;
}

async function haveOrganization({ api, remember }: SetUpParts, memory: DemoMemory): Promise<CompleteMemory> {
  const { organizationId: known } = memory;
  if (known !== undefined) return { ...memory, organizationId: known };
  const { organization } = await api.call({
    method: 'POST',
    path: '/api/v2/organizations',
    token: memory.apiToken,
    body: { name: demoOrganization.name, slug: demoOrganization.slug },
    answer: organizationRoutes.createOrganization.response,
  });
  const complete = { ...memory, organizationId: organization.id };
  await remember(complete);
  return complete;
}

async function haveGroups(api: ApiClient, { apiToken: token, organizationId }: CompleteMemory): Promise<void> {
  const path = '/api/v1/groups';
  const answer = Type.Array(GroupWithRole);
  const query = new URLSearchParams({ organizationId });
  const there = await api.call({ method: 'GET', path: `${path}?${query}`, token, answer });
  for (const group of demoGroups.filter(({ name }) => !there.some((one) => one.name === name))) {
    await api.call({ method: 'POST', path, token, body: { ...group, organizationId }, answer: Type.Object({}) });
  }
}

async function haveConfig({ api, discoveryUrl, remember }: SetUpParts, memory: CompleteMemory): Promise<void> {
  const { apiToken: token, organizationId, practiceClient } = memory;
  const query = new URLSearchParams({ organizationId });
  const there = await api.find({ method: 'GET', path: `${configPath}?${query}`, token, answer: OidcConfig });
  const place = { organizationId, discoveryURL: discoveryUrl };
  if (there === undefined) {
    const body = {
      ...place,
      ...practiceClient,
      configurationType: 'discoveryURL',
      isActive: true,
      allowedEmailDomains: demoOrganization.domain,
      manageGroupMemberships: true,
    };
    await api.call({ method: 'POST', path: configPath, token, body, answer: OidcConfig });
  } else if (there.discoveryURL === memory.discoveryUrl && memory.discoveryUrl !== discoveryUrl) {
    // The practice provider has another port than at the last start. A configuration that somebody has led elsewhere
    // since is left alone. The secret would go to another place, so the API wants it again.
    const body = { ...place, clientSecret: practiceClient.clientSecret };
    await api.call({ method: 'PATCH', path: configPath, token, body, answer: OidcConfig });
  } else {
    return;
  }
  await remember({ ...memory, discoveryUrl });
}

import { Type } from 'typebox';

import { identityRoutes } from '../../src/contract/identities.ts';
import { BootstrapResult } from '../../src/contract/server.ts';
import type { Random } from '../../src/kernel/random.ts';
import type { ApiClient } from './api-client.ts';
import type { DemoMemory } from './demo-memory.ts';
import { DemoProblem } from './demo-problem.ts';

const adminEmail = 'admin@sallyport.example';
const operatorsOrganization = 'Operators';

/** The demo's machine identity at the server, and the access token of this start. */
export interface Entry {
  readonly memory: DemoMemory;
  readonly token: string;
}

interface EntryParts {
  readonly api: ApiClient;
  readonly random: Random;
  readonly remembered: DemoMemory | undefined;
  readonly remember: (memory: DemoMemory) => Promise<void>;
}

/**
 * Logs in at the server with the machine identity of the first start, or creates it at the first start. An access token
 * expires and is valid for one site address, so each start gets a new one.
 *
 * @throws {DemoProblem} if the server has data and its credentials are not stored
 */
export async function enterServer(parts: EntryParts): Promise<Entry> {
  const memory = (await isNew(parts.api)) ? await bootstrap(parts) : parts.remembered;
  if (memory === undefined) {
    throw new DemoProblem(
      'The database has data, but data/demo.json, which holds the credentials for it, is missing. If nothing in the ' +
        'folder data is worth keeping, delete the folder; otherwise move it elsewhere. Then start the demo again.',
    );
  }
  const { accessToken } = await parts.api.call({
    method: 'POST',
    path: '/api/v1/auth/universal-auth/login',
    body: memory.machineLogin,
    answer: identityRoutes.loginWithUniversalAuth.response,
  });
  return { memory, token: accessToken };
}

async function isNew(api: ApiClient): Promise<boolean> {
  const answer = Type.Object({ isBootstrapped: Type.Boolean() });
  return !(await api.call({ method: 'GET', path: '/api/status', answer })).isBootstrapped;
}

async function bootstrap({ api, random, remember }: EntryParts): Promise<DemoMemory> {
  const admin = { email: adminEmail, password: random.token(12) };
  const { identity } = await api.call({
    method: 'POST',
    path: '/api/v1/admin/bootstrap',
    body: { ...admin, organization: operatorsOrganization },
    answer: BootstrapResult,
  });
  const memory = {
    admin,
    machineLogin: await giveLogin(api, identity.id, identity.credentials.token),
    practiceClient: { clientId: 'sallyport-demo', clientSecret: random.token(32) },
  };
  await remember(memory);
  return memory;
}

async function giveLogin(api: ApiClient, identityId: string, token: string): Promise<DemoMemory['machineLogin']> {
  const path = `/api/v1/auth/universal-auth/identities/${identityId}`;
  const { attachUniversalAuth, createClientSecret } = identityRoutes;
  const { identityUniversalAuth } = await api.call({
    method: 'POST',
    path,
    token,
    body: {},
    answer: attachUniversalAuth.response,
  });
  const { clientSecret } = await api.call({
    method: 'POST',
    path: `${path}/client-secrets`,
    token,
    body: { description: 'npm run demo' },
    answer: createClientSecret.response,
  });
  return { clientId: identityUniversalAuth.clientId, clientSecret };
}

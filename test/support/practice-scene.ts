import { randomUUID } from 'node:crypto';

import type { CreateOidcConfigBody } from '../../src/contract/oidc-config.ts';
import type { PracticeClient } from '../../tools/practice-idp/practice-client.ts';
import type { PracticeIdp } from '../../tools/practice-idp/start-practice-idp.ts';
import type { Engine } from '../../src/storage/database.ts';
import { openBrowser } from './browser-client.ts';
import { signInAt, startPracticeIdpForTest } from './practice-idp.ts';
import { type Answer, type Bootstrapped, bootstrap, startTestServer, type TestServer } from './server.ts';

/** A whole server on the machine's clock, and a real provider for its organizations. */
export interface PracticeScene {
  readonly server: TestServer;
  readonly boot: Bootstrapped;
  readonly idp: PracticeIdp;
  /** An organization with a connection for a client that the provider does not know yet. */
  addOrganization(config: Partial<CreateOidcConfigBody>): Promise<PracticeOrganization>;
  /** Registers the client at the provider with a client authentication method. */
  register(organization: PracticeOrganization, as: Partial<PracticeClient>): void;
  change(organization: PracticeOrganization, change: object): Promise<Answer>;
  /** The end of a sign-in: the code of its refusal, or that it did not fail. */
  signIn(organization: PracticeOrganization): Promise<string>;
  close(): Promise<void>;
}

export interface PracticeOrganization {
  readonly id: string;
  readonly slug: string;
  readonly configId: string;
  readonly clientId: string;
}

/** 32 bytes, as a MAC wants, with what has to be encoded in a form. */
export const practiceSecret = 'a secret of practice: %+~ & long enough';

const configUrl = '/api/v1/sso/oidc/config';

export async function openPracticeScene(engine: Engine): Promise<PracticeScene> {
  const server = await startTestServer({ engine });
  const boot = await bootstrap(server);
  const idp = await startPracticeIdpForTest();
  const { token } = boot;
  const redirectUris = [`${server.url}/api/v1/sso/oidc/callback`];
  return {
    server,
    boot,
    idp,
    addOrganization: async (config) => {
      const slug = `org-${randomUUID()}`;
      const made = await server.call('/api/v2/organizations', { token, json: { name: slug, slug } });
      const { id } = made.body.organization;
      const clientId = `client-${slug}`;
      const place = { configurationType: 'discoveryURL', discoveryURL: idp.discoveryUrl };
      const json = { organizationId: id, isActive: true, clientId, ...place, ...config };
      const answer = await server.call(configUrl, { token, json });
      if (answer.status !== 200) throw new Error(answer.text);
      return { id, slug, configId: answer.body.id, clientId };
    },
    register: ({ clientId }, as) => {
      idp.registerClient({ clientId, clientSecret: practiceSecret, redirectUris, ...as });
    },
    change: ({ id }, change) =>
      server.call(configUrl, { method: 'PATCH', token, json: { organizationId: id, ...change } }),
    signIn: async ({ slug }) => {
      const browser = openBrowser();
      const start = await browser.visit(`${server.url}/api/v1/sso/oidc/login?orgSlug=${slug}`);
      const { location } = await browser.visit(await signInAt(new URL(start.location), 'alice'));
      if (browser.cookies('localhost').has('jid')) return 'signed in';
      const query = server.database.db.selectFrom('login_attempts').select('code');
      const id = new URL(location).searchParams.get('attempt') ?? '';
      return (await query.where('id', '=', id).executeTakeFirst())?.code ?? location;
    },
    close: async () => {
      await idp.close();
      await server.close();
    },
  };
}

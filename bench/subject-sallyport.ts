import { join } from 'node:path';

import { connect } from './browser.ts';
import { flows } from './flows.ts';
import { client, domainOf, issuerOf, knownPerson, slugOf } from './population.ts';
import { runToEnd, startServer, type Program } from './server-process.ts';
import type { Site, Subject } from './subject.ts';

/** A root key for temporary data, so that the program that fills the database can seal values. */
const rootKey = Buffer.alloc(32, 'bench only').toString('base64');

/** Sallyport with its default settings, but without the rate limits that one driver would exceed. */
export const sallyport: Subject = {
  name: 'sallyport',
  signIn: 'sign-in',
  async prepare(site) {
    const server = await startServer(program(site));
    const adminToken = await makeTemplate(site);
    await server.stop();
    await runToEnd({
      file: join(import.meta.dirname, 'seed-sallyport.ts'),
      environment: {
        ...environment(site),
        BENCH_IDP_ORIGIN: site.idpOrigin,
        BENCH_ORGANIZATIONS: String(site.population.organizations),
        BENCH_PEOPLE: String(site.population.knownPeoplePerOrganization),
      },
      logFile: join(site.directory, 'sallyport-seed.log'),
    });
    return { adminToken };
  },
  program,
};

function program(site: Site): Program {
  return {
    file: join(import.meta.dirname, '..', 'src', 'start.mjs'),
    environment: environment(site),
    logFile: join(site.directory, 'sallyport.log'),
  };
}

function environment(site: Site): Record<string, string> {
  return {
    NODE_ENV: 'production',
    SITE_URL: site.origin,
    PORT: String(site.port),
    DATABASE_URL: site.databaseUrl,
    SALLYPORT_ROOT_KEY: rootKey,
    SALLYPORT_OUTBOUND_ALLOW: new URL(site.idpOrigin).host,
    SALLYPORT_RATE_LIMIT_READ: '0',
    SALLYPORT_RATE_LIMIT_WRITE: '0',
    SALLYPORT_RATE_LIMIT_AUTH: '0',
    SALLYPORT_RATE_LIMIT_SIGN_IN: '0',
    SALLYPORT_RATE_LIMIT_CALLER: '0',
    SALLYPORT_DRAIN_SECONDS: '0',
  };
}

// One organization with a connection and a user, created through the public API and by a real sign-in. It has the last
// number, and its
// rows are the template for the others. Resolves with the instance admin's token.
async function makeTemplate(site: Site): Promise<string> {
  const subject = connect(site.origin, 1);
  const idp = connect(site.idpOrigin, 1);
  const post = async (path: string, json: object, token?: string): Promise<Record<string, unknown>> => {
    const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const answer = await subject.send({ method: 'POST', path, headers, json });
    if (answer.status !== 200) throw new Error(`${path}: ${answer.status} ${answer.body}`);
    return JSON.parse(answer.body);
  };
  const n = site.population.organizations;
  try {
    const admin = { email: 'admin@bench.example', password: 'bench only password', organization: 'bench' };
    const adminToken = textAt(await post('/api/v1/admin/bootstrap', admin), ['identity', 'credentials', 'token']);
    const made = await post('/api/v2/organizations', { name: slugOf(n), slug: slugOf(n) }, adminToken);
    const config = {
      organizationId: textAt(made, ['organization', 'id']),
      configurationType: 'discoveryURL',
      discoveryURL: `${issuerOf(site.idpOrigin, n)}/.well-known/openid-configuration`,
      clientId: client.id,
      clientSecret: client.secret,
      allowedEmailDomains: domainOf(n),
      isActive: true,
    };
    await post('/api/v1/sso/oidc/config', config, adminToken);
    const context = { subject, subjectOrigin: site.origin, idp, idpOrigin: site.idpOrigin, adminToken };
    await flows['sign-in'](context, { organization: n, person: knownPerson(0) }, 0);
    return adminToken;
  } finally {
    await Promise.all([subject.close(), idp.close()]);
  }
}

function textAt(value: unknown, path: readonly string[]): string {
  const found = path.reduce<unknown>(
    (at, key) => (typeof at === 'object' && at !== null ? Reflect.get(at, key) : undefined),
    value,
  );
  if (typeof found !== 'string') throw new Error(`no text at ${path.join('.')}`);
  return found;
}

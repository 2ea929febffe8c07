// Fills better-auth's database: its own migrations, one organization and one provider through its own API, and then
// copies of those
// rows, with known users. Environment: DATABASE_URL, BENCH_IDP_ORIGIN, BENCH_SUBJECT_ORIGIN, BENCH_ORGANIZATIONS,
// BENCH_PEOPLE (per
// organization).
import { getMigrations } from 'better-auth/db/migration';

import { client, domainOf, emailOf, issuerOf, knownPerson, slugOf, stableUuid, subjectOf } from '../population.ts';
import { createAuth } from './auth.mjs';

const rowsPerStatement = 1000;

const idpOrigin = process.env.BENCH_IDP_ORIGIN;
const organizations = Number(process.env.BENCH_ORGANIZATIONS);
const people = Number(process.env.BENCH_PEOPLE);
const { auth, options, database } = createAuth({
  databaseUrl: process.env.DATABASE_URL,
  origin: process.env.BENCH_SUBJECT_ORIGIN,
  idpOrigin,
});
await (await getMigrations(options)).runMigrations();
// Its own migrations create no index on the account's key, so each sign-in would read all accounts.
await run('create index account_key on account ("providerId", "accountId")');

const { template, adminId } = await registerFirst();
const at = new Date().toISOString();
const all = Array.from({ length: organizations }, (_, n) => n);
const others = all.slice(1);
await insert('organization', others, (n) => ({
  id: organizationId(n),
  name: slugOf(n),
  slug: slugOf(n),
  createdAt: at,
}));
await insert('ssoProvider', others, (n) => ({
  id: stableUuid(`provider ${n}`),
  issuer: issuerOf(idpOrigin, n),
  oidcConfig: template.replaceAll(issuerOf(idpOrigin, 0), issuerOf(idpOrigin, n)),
  userId: adminId,
  providerId: slugOf(n),
  organizationId: organizationId(n),
  domain: domainOf(n),
}));
const known = all.flatMap((n) => Array.from({ length: people }, (_, k) => ({ n, person: knownPerson(k) })));
await insert('user', known, ({ n, person }) => ({
  id: userId(n, person),
  name: `Practice ${person}`,
  email: emailOf(n, person),
  emailVerified: process.env.DATABASE_URL.startsWith('sqlite:') ? 0 : false,
  createdAt: at,
  updatedAt: at,
}));
await insert('account', known, ({ n, person }) => ({
  id: stableUuid(`account ${n} ${person}`),
  accountId: subjectOf(n, person),
  providerId: slugOf(n),
  userId: userId(n, person),
  createdAt: at,
  updatedAt: at,
}));
const firstOrganization = await onlyValue("select id as value from organization where slug = 'org-0'");
await insert('member', known, ({ n, person }) => ({
  id: stableUuid(`member ${n} ${person}`),
  organizationId: n === 0 ? firstOrganization : organizationId(n),
  userId: userId(n, person),
  role: 'member',
  createdAt: at,
}));
await run('analyze');
process.exit(0);

// One admin, one organization and one provider, created as an application creates them.
async function registerFirst() {
  const body = { email: 'admin@bench.example', password: 'bench only password', name: 'admin' };
  const { headers: answered, response } = await auth.api.signUpEmail({ body, returnHeaders: true });
  const cookies = answered.getSetCookie().map((cookie) => cookie.split(';')[0]);
  const headers = new Headers({ cookie: cookies.join('; ') });
  const organization = await auth.api.createOrganization({ headers, body: { name: slugOf(0), slug: slugOf(0) } });
  const issuer = issuerOf(idpOrigin, 0);
  const provider = {
    providerId: slugOf(0),
    issuer,
    domain: domainOf(0),
    organizationId: organization.id,
    oidcConfig: {
      clientId: client.id,
      clientSecret: client.secret,
      discoveryEndpoint: `${issuer}/.well-known/openid-configuration`,
    },
  };
  await auth.api.registerSSOProvider({ headers, body: provider });
  return { template: await onlyValue('select "oidcConfig" as value from "ssoProvider"'), adminId: response.user.id };
}

function organizationId(n) {
  return stableUuid(`organization ${n}`);
}

function userId(n, person) {
  return stableUuid(`user ${n} ${person}`);
}

async function run(sql) {
  if ('exec' in database) database.exec(sql);
  else await database.query(sql);
}

async function onlyValue(sql) {
  if ('prepare' in database) return database.prepare(sql).get().value;
  return (await database.query(sql)).rows[0].value;
}

async function insert(table, items, rowOf) {
  if (items.length === 0) return;
  const columns = Object.keys(rowOf(items[0]));
  const names = columns.map((column) => `"${column}"`).join(', ');
  for (let from = 0; from < items.length; from += rowsPerStatement) {
    const rows = items.slice(from, from + rowsPerStatement).map(rowOf);
    if ('prepare' in database) {
      const statement = database.prepare(
        `insert into "${table}" (${names}) values (${columns.map(() => '?').join(', ')})`,
      );
      database.exec('begin');
      for (const row of rows) statement.run(...Object.values(row));
      database.exec('commit');
    } else {
      const source = `json_populate_recordset(null::"${table}", $1)`;
      await database.query(`insert into "${table}" (${names}) select ${names} from ${source}`, [JSON.stringify(rows)]);
    }
  }
}

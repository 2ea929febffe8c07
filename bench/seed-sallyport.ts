/**
 * Fills Sallyport's database with copies of the one organization that was created through its API, with their own
 * identity providers,
 * sealed client secrets and users. Environment: DATABASE_URL, SALLYPORT_ROOT_KEY, BENCH_IDP_ORIGIN,
 * BENCH_ORGANIZATIONS, BENCH_PEOPLE
 * (per organization).
 */
import { sql } from 'kysely';

import { loadRootKey } from '../src/config/root-key.ts';
import { systemClock } from '../src/kernel/clock.ts';
import { sha256Hex } from '../src/kernel/digest.ts';
import { silentLogger } from '../src/kernel/logger.ts';
import { systemRandom } from '../src/kernel/random.ts';
import { Secret } from '../src/kernel/secret.ts';
import { secretPurpose } from '../src/connections/rules.ts';
import { settingsOf } from '../src/connections/settings-row.ts';
import type { Database, Db, Tx } from '../src/storage/database.ts';
import { openKeyring, type Keyring } from '../src/storage/keys/keyring.ts';
import { openDatabase } from '../src/storage/open-database.ts';
import {
  client,
  domainOf,
  emailOf,
  issuerOf,
  knownPerson,
  organizationIdOf,
  slugOf,
  stableUuid,
  subjectOf,
} from './population.ts';

const rowsPerStatement = 500;

const idpOrigin = process.env['BENCH_IDP_ORIGIN'] ?? '';
const organizations = Number(process.env['BENCH_ORGANIZATIONS']);
const people = Number(process.env['BENCH_PEOPLE']);

const database = await openDatabase({ url: process.env['DATABASE_URL'] ?? '', logger: silentLogger });
const keyring = await openOwnKeyring(database);
const pattern = await readPattern(database.db);
const all = Array.from({ length: organizations }, (_, n) => n);
const known = all.flatMap((n) => Array.from({ length: people }, (_, k) => ({ n, person: knownPerson(k) })));
await insertOrganizations(all);
await insertConfigs(all, keyring);
await insertPeople(known);
await database.transaction((tx) => sql`analyze`.execute(tx));
await database.close();

async function openOwnKeyring(opened: Database): Promise<Keyring> {
  const key = new Secret(process.env['SALLYPORT_ROOT_KEY'] ?? '');
  const rootKey = loadRootKey({ from: 'environment', key }, systemRandom);
  if (!rootKey.ok) throw new Error('SALLYPORT_ROOT_KEY is missing');
  return openKeyring({ database: opened, rootKey: rootKey.key, clock: systemClock, random: systemRandom });
}

// The rows that the server itself wrote. The function that identifies a user is private, so its result is compared here
// with the one
// known user. If it changes, this program fails, instead of creating users whom the server cannot find.
async function readPattern(db: Db) {
  const organization = await db
    .selectFrom('organizations')
    .selectAll()
    .where('slug', '=', slugOf(organizations))
    .executeTakeFirstOrThrow();
  const { id } = organization;
  const config = await db
    .selectFrom('connections')
    .selectAll()
    .where('organization_id', '=', id)
    .executeTakeFirstOrThrow();
  const identity = await db
    .selectFrom('user_identities')
    .selectAll()
    .where('organization_id', '=', id)
    .executeTakeFirstOrThrow();
  const user = await db.selectFrom('users').selectAll().where('id', '=', identity.user_id).executeTakeFirstOrThrow();
  const membership = await db
    .selectFrom('memberships')
    .selectAll()
    .where('user_id', '=', user.id)
    .executeTakeFirstOrThrow();
  if (identity.identity_key !== identityKey(id, organizations, knownPerson(0))) {
    throw new Error('the server computes the key of an identity differently from this program');
  }
  return { organization, config, identity, user, membership };
}

async function insertOrganizations(numbers: readonly number[]): Promise<void> {
  await inChunks(numbers, (tx, chunk) => {
    const rows = chunk.map((n) => ({
      ...pattern.organization,
      id: organizationIdOf(n),
      name: slugOf(n),
      slug: slugOf(n),
    }));
    return tx.insertInto('organizations').values(rows).execute();
  });
}

async function insertConfigs(numbers: readonly number[], { seal }: Keyring): Promise<void> {
  await inChunks(numbers, (tx, chunk) => {
    const rows = chunk.map((n) => {
      const row = {
        ...pattern.config,
        id: stableUuid(`config ${n}`),
        organization_id: organizationIdOf(n),
        discovery_url: pattern.config.discovery_url.replace(issuerOf(idpOrigin, organizations), issuerOf(idpOrigin, n)),
        allowed_email_domains: domainOf(n),
        // The issuer that the template's sign-in pinned belongs to another organization.
        pinned_issuer: null,
      };
      const purpose = secretPurpose(row.organization_id, settingsOf(row));
      return { ...row, sealed_client_secret: seal(client.secret, purpose) };
    });
    return tx.insertInto('connections').values(rows).execute();
  });
}

async function insertPeople(visitors: readonly { n: number; person: string }[]): Promise<void> {
  await inChunks(visitors, async (tx, chunk) => {
    const users = chunk.map(({ n, person }) => {
      const email = emailOf(n, person);
      return { ...pattern.user, id: userId(n, person), username: email, email, email_key: email, last_name: person };
    });
    await tx.insertInto('users').values(users).execute();
    const memberships = chunk.map(({ n, person }) => ({
      ...pattern.membership,
      id: stableUuid(`membership ${n} ${person}`),
      organization_id: organizationIdOf(n),
      user_id: userId(n, person),
      email_key: emailOf(n, person),
    }));
    await tx.insertInto('memberships').values(memberships).execute();
    const identities = chunk.map(({ n, person }) => ({
      ...pattern.identity,
      id: stableUuid(`identity ${n} ${person}`),
      organization_id: organizationIdOf(n),
      user_id: userId(n, person),
      issuer: issuerOf(idpOrigin, n),
      subject: subjectOf(n, person),
      identity_key: identityKey(organizationIdOf(n), n, person),
    }));
    await tx.insertInto('user_identities').values(identities).execute();
  });
}

function userId(n: number, person: string): string {
  return stableUuid(`user ${n} ${person}`);
}

function identityKey(organizationId: string, n: number, person: string): string {
  return sha256Hex(JSON.stringify([organizationId, issuerOf(idpOrigin, n), subjectOf(n, person)]));
}

async function inChunks<Item>(
  items: readonly Item[],
  insert: (tx: Tx, chunk: Item[]) => Promise<unknown>,
): Promise<void> {
  for (let from = 0; from < items.length; from += rowsPerStatement) {
    const chunk = items.slice(from, from + rowsPerStatement);
    await database.transaction((tx) => insert(tx, chunk), { durability: 'relaxed' });
  }
}

import { randomInt } from 'node:crypto';
import { setTimeout as pass } from 'node:timers/promises';

import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { silentLogger } from '../../src/kernel/logger.ts';
import { openDatabase } from '../../src/storage/open-database.ts';
import { createTestPlace, type TestPlace } from '../support/databases.ts';
import {
  bootstrapProcess,
  createTestFolder,
  reachableSettings,
  type ServerEnd,
  type ServerProcess,
  startServerProcess,
} from '../support/server-process.ts';
import { createDice } from './dice.ts';
import { growthOf, sampleSeconds, takeSample } from './memory.ts';
import { groupNames, populate, type Population } from './population.ts';
import { createTally, faultsMax, type Tally } from './tally.ts';
import { visitSomehow } from './visits.ts';

const concurrency = 64;
const lengthSeconds = Number(process.env['SOAK_SECONDS'] ?? '600');
const seed = Number(process.env['SOAK_SEED'] ?? randomInt(2 ** 31));
/** Memory is not compared in a run that ends before it is stable. */
const judgedFromSeconds = 180;
const growthMax = 1.1;
const rotationSeconds = 15;

// The whole duration on the default engine, half of it on the other.
describe.each([
  ['sqlite', lengthSeconds],
  ['postgres', lengthSeconds / 2],
] as const)('honest and hostile sign-ins, 64 at a time (%s)', (engine, seconds) => {
  let place: TestPlace;
  let folder: Awaited<ReturnType<typeof createTestFolder>>;
  let server: ServerProcess;
  let population: Population | undefined;

  beforeEach(async () => {
    place = await createTestPlace(engine);
    folder = await createTestFolder();
    const settings = { DATABASE_URL: place.url, SALLYPORT_OUTBOUND_ALLOW: '127.0.0.0/8', LOG_LEVEL: 'warn' };
    server = startServerProcess(folder.path, await reachableSettings(settings));
  });

  afterEach(async () => {
    server.signal('SIGKILL');
    await server.ended;
    await population?.close();
    await place.remove();
    await folder.remove();
  });

  it('leave the server as healthy as before', { timeout: (seconds + 300) * 1000 }, async () => {
    const url = await server.ready;
    const { token } = await bootstrapProcess(url);
    population = await populate({ url, token }, seed);
    const tally = createTally();
    const growth = await soak({ url, token, population, tally }, { pid: server.pid ?? 0, seconds });
    server.signal('SIGTERM');
    const ended = await server.ended;
    const { sessions = 0 } = Object.fromEntries(tally.counts);
    tell([`${engine}: SOAK_SEED=${seed}, ${seconds} s, ${sessions} sessions, ${growth.text}`, ...countsOf(tally)]);

    expectGoodEnd(ended);
    expect(tally.faults).toEqual([]);
    await expectNoRowsBesides(place, { tally, population });
    expect(sessions).toBeGreaterThan(0);
    if (seconds >= judgedFromSeconds) expect(growth.ratio).toBeLessThanOrEqual(growthMax);
  });
});

type Scene = Parameters<typeof visitSomehow>[0];

/** Runs the workers and samples the server meanwhile. */
async function soak(scene: Scene, { pid, seconds }: { pid: number; seconds: number }) {
  const beganMs = performance.now();
  const passed = () => (performance.now() - beganMs) / 1000;
  const goesOn = () => passed() < seconds && scene.tally.faults.length < faultsMax;
  const work = async (_: unknown, worker: number) => {
    const dice = createDice(seed + worker);
    while (goesOn()) {
      try {
        await visitSomehow(scene, dice);
      } catch (thrown) {
        scene.tally.fault(thrown instanceof Error ? `${thrown.stack} ${String(thrown.cause)}` : String(thrown));
      }
    }
  };
  const working = Promise.all(Array.from({ length: concurrency }, work));
  const samples = [];
  let rotatedAt = 0;
  while (goesOn()) {
    const sample = takeSample(pid, passed());
    if (sample === undefined) scene.tally.fault('the server is gone');
    else samples.push(sample);
    if (passed() - rotatedAt >= rotationSeconds) {
      rotatedAt = passed();
      await scene.population.rotateNextKey();
    }
    await Promise.race([working, pass(sampleSeconds * 1000)]);
  }
  await working;
  return growthOf(samples, seconds);
}

/** The process stopped cleanly, and printed and logged no warning of Node and no error of its own. */
function expectGoodEnd({ exitCode, errors, output }: ServerEnd): void {
  expect({ exitCode, errors }).toEqual({ exitCode: 0, errors: '' });
  const logged = output.split('\n').filter((line) => /^\{"level":(?:50|60),/u.test(line));
  // A fault of a provider is a failed request too, for a program with a JSON response; each counts once.
  const told = logged.filter((line) => /"code":"idp_/u.test(line)).map((line) => /"reqId":"[^"]*"/u.exec(line)?.[0]);
  expect(new Set(told).size).toBe(told.length);
  expect(logged.filter((line) => !/"code":"idp_/u.test(line)).slice(0, 5)).toEqual([]);
}

/** Hostile organizations have only records of sign-in attempts, and honest ones have their users. */
async function expectNoRowsBesides(
  { url }: TestPlace,
  { tally, population }: { tally: Tally; population: Population },
): Promise<void> {
  const database = await openDatabase({ url, logger: silentLogger });
  try {
    const count = async (from: ReturnType<typeof sql>) => {
      const { rows } = await sql<{ count: number }>`select count(*) as count from ${from}`.execute(database.db);
      return Number(rows[0]?.count);
    };
    const organizations = population.honest.length + population.restless.length + population.hostile.length;
    expect({
      identities: await count(sql`user_identities`),
      // One more is the instance admin.
      users: await count(sql`users`),
      memberships: await count(sql`memberships`),
      sessions: await count(sql`sessions`),
      groups: await count(sql`groups`),
      configurations: await count(sql`connections`),
    }).toEqual({
      identities: tally.people.size,
      users: tally.people.size + 1,
      memberships: tally.people.size + 1,
      sessions: tally.counts.get('sessions'),
      groups: organizations * groupNames.length,
      configurations: organizations,
    });
    const ofOthers = (names: string) => sql`login_attempts where code is not null
      and organization_id in (select id from organizations where slug like ${names})`;
    expect({
      ofServer: await count(sql`login_attempts where code in ('internal_error', 'storage_unavailable')`),
      // Honest organizations have refusals of manipulated callbacks, but none that their providers would cause.
      ofHonest: await count(
        sql`${ofOthers('honest-%')} and code not in ('idp_denied', 'idp_error', 'idp_code_refused', 'idp_issuer_mismatch', 'callback_malformed')`,
      ),
      ofRestless: await count(sql`${ofOthers('restless-%')} and code <> 'config_changed'`),
    }).toEqual({ ofServer: 0, ofHonest: 0, ofRestless: 0 });
  } finally {
    await database.close();
  }
}

function countsOf({ counts }: Tally): string[] {
  return [...counts].toSorted(([one], [other]) => (one < other ? -1 : 1)).map(([what, count]) => `${count} × ${what}`);
}

function tell(lines: readonly string[]): void {
  process.stdout.write(`${lines.join('\n')}\n`);
}

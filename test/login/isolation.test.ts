import { beforeAll, describe, expect, it, vi } from 'vitest';

import { callsPerBulkheadMax } from '../../src/outbound/limits.ts';
import { openBrowser, type PageAnswer } from '../support/browser-client.ts';
import type { Reply } from '../support/faulty-idp-replies.ts';
import type { FaultyIdp } from '../support/faulty-idp.ts';
import {
  type SceneOrganization,
  beginSignIn,
  expectRefusal,
  hasSession,
  loginUrl,
  signIn,
  useLoginScene,
} from '../support/login-scene.ts';

const organizationsCount = 50;
const hangingCount = 10;
/** Concurrent sign-ins at each hanging provider: more than its slots, and together more than all slots. */
const peopleOfHanging = 30;
/** Concurrent sign-ins at the other organizations. */
const atOnce = 8;
const waves = 3;
/**
 * How many times slower a sign-in may be beside hanging providers. The factor is far more than what is measured,
 * because single measurements vary on a busy machine. It is far less than the seconds that waiting for a hanging
 * provider takes. `npm run bench -- --isolation` measures exactly.
 */
const ratioMax = 4;

const hang = (reply: Reply): Reply => ({ ...reply, fault: 'hang' });
const hangEverywhere = (idp: FaultyIdp) =>
  idp.mutate({ reply: { discovery: hang, keys: hang, token: hang, userinfo: hang } });

describe(`${organizationsCount} organizations, of which ${hangingCount} have a provider that hangs at every endpoint`, () => {
  let others: readonly SceneOrganization[];
  /** Their discovery documents and keys are cached, so that sign-ins reach the token endpoint. */
  let known: readonly SceneOrganization[];
  /** Without a sign-in so far, so that even the discovery document has to be fetched. */
  let unknown: readonly SceneOrganization[];

  const scene = useLoginScene('sqlite');
  beforeAll(async () => {
    const all: SceneOrganization[] = [];
    for (let count = 0; count < organizationsCount; count += 1) all.push(await scene.addOrganization());
    others = all.slice(hangingCount);
    known = all.slice(0, hangingCount / 2);
    unknown = all.slice(hangingCount / 2, hangingCount);
    for (const organization of [...known, ...others]) await signIn(scene, { organization });
  });

  /**
   * Signs one user in at each of the other organizations, some at a time. Returns how long each took, in milliseconds.
   */
  async function measureWave(): Promise<readonly number[]> {
    const waiting = [...others];
    const took: number[] = [];
    const visitor = async (): Promise<void> => {
      for (let organization = waiting.pop(); organization !== undefined; organization = waiting.pop()) {
        const startMs = performance.now();
        const { answer, browser } = await signIn(scene, { organization });
        took.push(performance.now() - startMs);
        expect({ location: answer.location, isIn: hasSession(browser) }).toMatchObject({ isIn: true });
      }
    };
    await Promise.all(Array.from({ length: atOnce }, visitor));
    return took;
  }

  async function measure(): Promise<readonly number[]> {
    const took: number[] = [];
    for (let wave = 0; wave < waves; wave += 1) took.push(...(await measureWave()));
    return took;
  }

  /** Starts sign-ins at the hanging providers. Resolves when as many calls hang there as there are slots. */
  async function sendToHanging(): Promise<readonly Promise<PageAnswer>[]> {
    const callbacks = [];
    for (const organization of known) {
      for (let person = 0; person < peopleOfHanging; person += 1) {
        const browser = openBrowser();
        callbacks.push({ browser, url: await beginSignIn(scene, { organization, browser }) });
      }
    }
    for (const { idp } of [...known, ...unknown]) hangEverywhere(idp);
    const answers = callbacks.map(({ browser, url }) => browser.visit(url));
    for (const { slug } of unknown) {
      for (let person = 0; person < peopleOfHanging; person += 1) {
        answers.push(openBrowser().visit(loginUrl(scene, { orgSlug: slug })));
      }
    }
    await vi.waitFor(() => {
      // One more call each, because a user signed in there before.
      expect(known.map(({ idp }) => idp.count('token'))).toEqual(known.map(() => callsPerBulkheadMax + 1));
      expect(unknown.map(({ idp }) => idp.count('discovery'))).toEqual(unknown.map(() => 1));
    }, 5_000);
    return answers;
  }

  it('the hanging providers fail no other sign-in and hardly delay any', { timeout: 60_000 }, async () => {
    const before = await measure();
    const hanging = await sendToHanging();
    let settled = 0;
    for (const answer of hanging) void answer.finally(() => (settled += 1));
    const beside = await measureWave();
    const stillHanging = hanging.length - settled;
    const refused = await Promise.all(hanging);
    const after = await measure();

    // The measured sign-ins ran while other calls hung, and each of those ends as well.
    expect(stillHanging).toBeGreaterThan(hangingCount * callsPerBulkheadMax);
    expect(refused.map(({ location }) => new URL(location).pathname)).toEqual(refused.map(() => '/login/error'));
    const quiet = [...before, ...after];
    const ratios = {
      median: quantile(beside, 0.5) / quantile(quiet, 0.5),
      p90: quantile(beside, 0.9) / quantile(quiet, 0.9),
    };
    expect(ratios).toSatisfy(({ median, p90 }: typeof ratios) => median < ratioMax && p90 < ratioMax);

    // From now on no sign-in waits for the dead providers, because requests to them are paused.
    const [organization] = known;
    const { idp } = organization!;
    idp.mutate({ reply: { token: hang } });
    const asked = idp.count('token');
    await expectRefusal(scene, 'idp_paused', () => signIn(scene, { organization: organization! }));
    expect(idp.count('token')).toBe(asked);
  });
});

function quantile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((left, right) => left - right);
  return sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN;
}

import { randomBytes, randomUUID } from 'node:crypto';

import { afterEach, beforeEach, describe, expect, it } from 'vitest';

import { systemRandom } from '../../src/kernel/random.ts';
import { keysReadSeconds } from '../../src/storage/keys/limits.ts';
import type { Database } from '../../src/storage/database.ts';
import { type Keyring, openKeyring } from '../../src/storage/keys/keyring.ts';
import { createAccessTokens } from '../../src/signing-keys/access-tokens.ts';
import { advanceSigningKeys, rotateSigningKeys } from '../../src/signing-keys/rotate-signing-key.ts';
import {
  publishedKeysMaxAgeSeconds,
  signingKeyDrainSeconds,
  signingKeyLeadSeconds,
  userTokenSecondsMax,
} from '../../src/signing-keys/signing-key-limits.ts';
import { listSigningKeys } from '../../src/signing-keys/signing-key-queries.ts';
import { openSigningKeys } from '../../src/signing-keys/signing-keys.ts';
import { createTestDatabase, engines, type TestDatabase } from '../support/databases.ts';
import { createStillClock, type StillClock } from '../support/still-clock.ts';

const site = 'https://sso.example';

describe.each(engines)('the keys that sign tokens (%s)', (engine) => {
  let test: TestDatabase;
  let clock: StillClock;
  let keyring: Keyring;

  beforeEach(async () => {
    test = await createTestDatabase(engine);
    clock = createStillClock();
    const rootKey = { id: 'testroot', bytes: randomBytes(32) };
    keyring = await openKeyring({ database: test.database, rootKey, clock, random: systemRandom });
  });
  afterEach(() => test.destroy());

  const deps = () => ({ database: test.database, keyring, clock });
  const rows = () => listSigningKeys(test.database.db);
  const rotate = () => test.database.transaction((tx) => rotateSigningKeys(deps(), tx));

  async function startNode(database: Database = test.database) {
    const keys = await openSigningKeys({ ...deps(), database });
    const tokens = createAccessTokens({ keys, site, clock, random: systemRandom });
    const claims = {
      kind: 'identity',
      subject: randomUUID(),
      tokenId: randomUUID(),
      organizationId: randomUUID(),
    } as const;
    return {
      sign: (lifetimeSeconds: number) => tokens.sign(claims, lifetimeSeconds),
      verify: async (token: string) => (await tokens.verify(token)).kind,
      kids: async () => (await keys.jwks()).keys.map(({ kid }) => kid),
    };
  }

  it('H296: are published before use, and no node rejects a token during a whole rotation', async () => {
    const [one, other] = [await startNode(), await startNode()];
    const [firstKid] = await one.kids();
    const early = one.sign(userTokenSecondsMax);
    const [secondKid] = (await rotate()).map(({ id }) => id);
    clock.advanceSeconds(keysReadSeconds);
    expect(await other.kids()).toEqual([firstKid, secondKid]);

    // Even a verifier that last read the keys as late as allowed has the key before its first token.
    clock.advanceSeconds(signingKeyLeadSeconds - keysReadSeconds - 1);
    expect(kidOf(one.sign(900))).toBe(firstKid);
    expect(signingKeyLeadSeconds).toBeGreaterThan(publishedKeysMaxAgeSeconds + keysReadSeconds);
    clock.advanceSeconds(1);
    const late = other.sign(900);
    expect(kidOf(late)).toBe(secondKid);
    expect([await one.verify(late), await one.verify(early), await other.verify(early)]).toEqual([
      'identity',
      'identity',
      'identity',
    ]);

    clock.advanceSeconds(signingKeyDrainSeconds);
    await advanceSigningKeys(deps(), 0);
    const [retired, current] = await rows();
    expect([retired?.sealed_private_jwk, current?.sealed_private_jwk === '']).toEqual(['', false]);
    await expect((await startNode()).verify(early)).resolves.toBe('identity');
    expect(await other.kids()).toEqual([firstKid, secondKid]);

    clock.advanceSeconds(userTokenSecondsMax - 1);
    await advanceSigningKeys(deps(), 0);
    expect(await one.kids()).toEqual([firstKid, secondKid]);
    clock.advanceSeconds(1);
    await advanceSigningKeys(deps(), 0);
    clock.advanceSeconds(keysReadSeconds);
    expect(await one.kids()).toEqual([secondKid]);
    expect(await one.verify(other.sign(900))).toBe('identity');
  });

  it('H296: are kept until the last machine token expires, which may be much later', async () => {
    const node = await startNode();
    const days = 30 * 86_400;
    const token = node.sign(days);
    await addMachineToken(test, clock.nowMs() + days * 1000);
    await rotate();
    clock.advanceSeconds(signingKeyLeadSeconds + signingKeyDrainSeconds);
    await advanceSigningKeys(deps(), 0);
    clock.advanceSeconds(days - signingKeyLeadSeconds - signingKeyDrainSeconds - 1);
    await advanceSigningKeys(deps(), 0);
    expect(await node.verify(token)).toBe('identity');
    clock.advanceSeconds(1);
    await advanceSigningKeys(deps(), 0);
    expect(await rows()).toHaveLength(1);
  });

  it('H259: are created once by two concurrent nodes', async () => {
    await startNode();
    const made = (await Promise.all([rotate(), rotate(), rotate()])).flat();
    expect(made.filter(({ isNew }) => isNew)).toHaveLength(1);
    expect(new Set(made.map(({ id }) => id)).size).toBe(1);
    expect(await rows()).toHaveLength(2);
  });

  it("H259: are rotated once by all nodes at the operator's maximum age, and never if it is 0", async () => {
    await startNode();
    clock.advanceSeconds(90 * 86_400 - 1);
    await Promise.all([advanceSigningKeys(deps(), 90), advanceSigningKeys(deps(), 0)]);
    expect(await rows()).toHaveLength(1);
    clock.advanceSeconds(1);
    await advanceSigningKeys(deps(), 0);
    expect(await rows()).toHaveLength(1);
    await Promise.all([advanceSigningKeys(deps(), 90), advanceSigningKeys(deps(), 90)]);
    expect(await rows()).toHaveLength(2);
  });

  describe('of another algorithm', () => {
    const algorithmsOf = async () => (await rows()).map(({ algorithm }) => algorithm);

    it('are created when they are first asked for, once for all nodes', async () => {
      const [one, other] = [await openSigningKeys(deps()), await openSigningKeys(deps())];
      expect(await algorithmsOf()).toEqual(['EdDSA']);
      const asked = await Promise.all([one.currentOf(['RS256', 'ES256']), other.currentOf(['RS256'])]);
      expect(asked[0].map(({ algorithm }) => algorithm)).toEqual(['RS256', 'ES256']);
      expect(asked[1][0]?.kid).toBe(asked[0][0]?.kid);
      expect((await algorithmsOf()).toSorted()).toEqual(['ES256', 'EdDSA', 'RS256']);
      expect(asked[0][0]?.privateKey.asymmetricKeyDetails?.modulusLength).toBe(2048);
    });

    it('are published with their algorithm, and never sign an access token', async () => {
      const keys = await openSigningKeys(deps());
      const [rsa] = await keys.currentOf(['RS256']);
      const published = (await keys.jwks()).keys.find(({ kid }) => kid === rsa?.kid);
      expect(published).toMatchObject({ kty: 'RSA', alg: 'RS256', use: 'sig', e: 'AQAB' });
      expect(published).not.toHaveProperty('d');
      expect(keys.current().algorithm).toBe('EdDSA');
    });

    it('are rotated together with the others, and each retires with its own successor', async () => {
      const keys = await openSigningKeys(deps());
      const [first] = await keys.currentOf(['RS256']);
      expect(await rotate()).toHaveLength(2);
      clock.advanceSeconds(signingKeyLeadSeconds);
      const [second] = await keys.currentOf(['RS256']);
      expect(second?.kid).not.toBe(first?.kid);
      clock.advanceSeconds(signingKeyDrainSeconds);
      await advanceSigningKeys(deps(), 0);
      const retired = (await rows()).filter(({ retired_at: at }) => at !== null);
      expect(retired.map(({ algorithm }) => algorithm).toSorted()).toEqual(['EdDSA', 'RS256']);
    });
  });

  it('are read again for a token with an unknown key, but not for every such token', async () => {
    const one = await startNode();
    let reads = 0;
    const counting = {
      ...test.database,
      get db() {
        reads += 1;
        return test.database.db;
      },
    };
    const other = await startNode(counting);
    await rotate();
    // A node whose clock is far ahead already signs with the next key.
    clock.advanceSeconds(10);
    const ahead = createStillClock(clock.nowMs() + signingKeyLeadSeconds * 1000);
    const keys = await openSigningKeys({ database: test.database, keyring, clock: ahead });
    const tokens = createAccessTokens({ keys, site, clock, random: systemRandom });
    const claims = { kind: 'identity', subject: 's', tokenId: 't', organizationId: 'o' } as const;
    expect(await one.verify(tokens.sign(claims, 60))).toBe('identity');
    const unknown = other.sign(60).replace(/^[^.]+/u, header('no-such-key'));
    reads = 0;
    const refused = await Promise.allSettled(Array.from({ length: 20 }, () => other.verify(unknown)));
    expect(refused.every(({ status }) => status === 'rejected')).toBe(true);
    expect(reads).toBe(1);
  });
});

function kidOf(token: string): unknown {
  return JSON.parse(Buffer.from(token.split('.')[0] ?? '', 'base64url').toString()).kid;
}

function header(kid: string): string {
  return Buffer.from(JSON.stringify({ alg: 'EdDSA', kid, typ: 'at+jwt' })).toString('base64url');
}

async function addMachineToken({ database }: TestDatabase, expiresAt: number): Promise<void> {
  const times = { created_at: 0, updated_at: 0 };
  const organizationId = randomUUID();
  const identityId = randomUUID();
  await database.transaction(async (tx) => {
    const settings = { auth_enforced: 0, bypass_org_auth_enabled: 0, default_membership_role: 'member' } as const;
    const organization = { id: organizationId, name: 'n', slug: organizationId, user_token_expiration: '30d' };
    await tx
      .insertInto('organizations')
      .values({ ...organization, ...settings, ...times })
      .execute();
    const identity = { id: identityId, organization_id: organizationId, name: 'n', role: 'member' } as const;
    await tx
      .insertInto('machine_identities')
      .values({ ...identity, is_instance_admin: 0, ...times })
      .execute();
    const spans = { ttl_seconds: 60, max_ttl_seconds: 60, created_at: 0, renewed_at: null, expires_at: expiresAt };
    const uses = { num_uses: 0, num_uses_limit: 0, is_revoked: 0 } as const;
    const token = { id: randomUUID(), identity_id: identityId, client_secret_id: null };
    await tx
      .insertInto('machine_tokens')
      .values({ ...token, ...spans, ...uses })
      .execute();
  });
}

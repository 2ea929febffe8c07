import { beforeAll, describe, expect, it } from 'vitest';

import type { ErrorCode } from '../../src/contract/errors.ts';
import { engines } from '../support/databases.ts';
import {
  type SceneOrganization,
  expectRefusal,
  hasSession,
  readToken,
  signIn,
  useLoginScene,
} from '../support/login-scene.ts';

const ownedAddress = 'newcomer@owned.example';
const foreignAddress = 'newcomer@foreign.example';

type Case = readonly [policy: string, claims: Record<string, unknown>, refusedWith: ErrorCode | undefined];

const newcomers: readonly Case[] = [
  ['just-in-time', { email: ownedAddress }, undefined],
  ['just-in-time', { email: foreignAddress, email_verified: false }, undefined],
  ['invited-only', { email: ownedAddress, email_verified: true }, 'invitation_required'],
  ['invited-only', { email: foreignAddress }, 'invitation_required'],
  ['deny-unverified-domain', { email: ownedAddress }, undefined],
  ['deny-unverified-domain', { email: ownedAddress, email_verified: false }, 'email_not_verified'],
  ['deny-unverified-domain', { email: ownedAddress, email_verified: 'false' }, 'email_not_verified'],
  ['deny-unverified-domain', { email: foreignAddress, email_verified: true }, 'email_domain_not_verified'],
  ['deny-unverified-domain', { email: 'newcomer@sub.owned.example' }, 'email_domain_not_verified'],
];

describe.each(engines)('which users a sign-in provisions (%s)', (engine) => {
  let organization: SceneOrganization;

  const scene = useLoginScene(engine, { SALLYPORT_VERIFIED_DOMAINS: 'owned.example:owner' });
  beforeAll(async () => {
    organization = await scene.addOrganization({ slug: 'owner' });
  });

  async function setPolicy(provisioningPolicy: string): Promise<void> {
    const url = `/api/v1/organization/${organization.id}`;
    const { token } = scene.boot;
    const { status } = await scene.server.call(url, { method: 'PATCH', token, json: { provisioningPolicy } });
    expect([status, await policyOf(organization)]).toEqual([200, provisioningPolicy]);
  }

  async function policyOf({ id }: SceneOrganization): Promise<unknown> {
    const { token } = scene.boot;
    const { body } = await scene.server.call(`/api/v1/organization/${id}/provisioning`, { token });
    return body.provisioningPolicy;
  }

  it.each(newcomers.map((each, index) => [...each, index] as const))(
    'H192: policy %s with %j: %s',
    async (policy, claims, refusedWith, index) => {
      await setPolicy(policy);
      organization.idp.setClaims({ sub: `newcomer ${index}`, ...claims, email: `${index}${String(claims['email'])}` });
      const enter = () => signIn(scene, { organization });
      if (refusedWith === undefined) expect(hasSession((await enter()).browser)).toBe(true);
      else await expectRefusal(scene, refusedWith, enter);
    },
  );

  it.each(['invited-only', 'deny-unverified-domain'])(
    'existing members still sign in under the policy %s',
    async (policy) => {
      await setPolicy('just-in-time');
      organization.idp.setClaims({
        sub: `member ${policy}`,
        email: `${policy}@foreign.example`,
        email_verified: false,
      });
      const before = await readToken(scene, (await signIn(scene, { organization })).browser);
      await setPolicy(policy);
      const after = await readToken(scene, (await signIn(scene, { organization })).browser);
      expect([before.status, after.status]).toEqual([200, 200]);
    },
  );

  it('the policy defaults to just-in-time and accepts only the three documented values', async () => {
    const fresh = await scene.addOrganization();
    const url = `/api/v1/organization/${fresh.id}`;
    const { token } = scene.boot;
    expect(await policyOf(fresh)).toBe('just-in-time');
    for (const provisioningPolicy of ['everybody', '', null, true]) {
      const answer = await scene.server.call(url, { method: 'PATCH', token, json: { provisioningPolicy } });
      expect([answer.status, answer.body.code]).toEqual([422, 'validation_failed']);
    }
  });

  it('a change of the policy is audited', async () => {
    await setPolicy('just-in-time');
    await setPolicy('invited-only');
    const row = await scene.server.database.db
      .selectFrom('audit_events')
      .select('event_metadata')
      .where('organization_id', '=', organization.id)
      .where('event_type', '=', 'organization-update')
      .orderBy('sequence', 'desc')
      .executeTakeFirstOrThrow();
    expect(JSON.parse(row.event_metadata)).toMatchObject({
      changedFields: ['provisioningPolicy'],
      settings: { provisioningPolicy: 'invited-only' },
    });
  });
});

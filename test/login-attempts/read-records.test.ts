import { randomUUID } from 'node:crypto';

import { describe, expect, it } from 'vitest';

import type { LoginAttempt } from '../../src/contract/login-attempts.ts';
import { attemptRecords, listUrl } from '../support/attempt-records.ts';
import { addMember, addOrganization, withoutRequestId } from '../support/callers.ts';
import { engines } from '../support/databases.ts';
import { signIn, useLoginScene } from '../support/login-scene.ts';

describe.each(engines)('reading sign-in records (%s)', (engine) => {
  const scene = useLoginScene(engine);

  it('is allowed for admins of the organization; other callers get 404', async () => {
    const organization = await scene.addOrganization();
    await signIn(scene, { organization });
    const { id } = await attemptRecords(scene).newest(organization);
    const other = await addOrganization(scene.server, scene.boot);
    const admin = await addMember(scene.server, scene.boot, { organizationId: other, role: 'admin' });
    const asAdmin = async (attemptId: string, organizationId = other) =>
      withoutRequestId(
        await scene.server.call(`${listUrl}/${attemptId}?organizationId=${organizationId}`, { token: admin.token }),
      );
    const unknown = await asAdmin(randomUUID());
    expect(unknown).toContain('login_attempt_not_found');
    for (const attemptId of [id, 'x', '%00', `${id}%00`, "'", id.toUpperCase()]) {
      expect(await asAdmin(attemptId)).toBe(unknown);
    }
    expect(await asAdmin(id, organization.id)).toBe(await asAdmin(randomUUID(), randomUUID()));
    const own = await scene.server.call(listUrl, { token: admin.token });
    expect(own.body).toEqual({ loginAttempts: [], totalCount: 0, omittedCount: 0 });
    const member = await addMember(scene.server, scene.boot, { organizationId: organization.id, role: 'member' });
    for (const url of [listUrl, `${listUrl}/${id}`]) {
      expect((await scene.server.call(url, { token: member.token })).status).toBe(403);
      expect((await scene.server.call(url)).status).toBe(401);
    }
  });

  it('returns pages, newest first, filtered by outcome, code, user and time', async () => {
    const organization = await scene.addOrganization({ config: { allowedEmailDomains: 'acme.example' } });
    await signIn(scene, { organization });
    scene.clock.advance(60_000);
    const middle = new Date(scene.clock.nowMs()).toISOString();
    organization.idp.setClaims({ sub: 'bob', email: 'bob@acme.example', given_name: 'B', family_name: 'B' });
    await signIn(scene, { organization });
    scene.clock.advance(60_000);
    organization.idp.setClaims({ sub: 'eve', email: 'eve@evil.example', given_name: 'E', family_name: 'E' });
    await signIn(scene, { organization });
    const shown = async (query: Record<string, string>) => {
      const { loginAttempts, totalCount } = await attemptRecords(scene).list(organization, query);
      return [totalCount, ...loginAttempts.map((each: LoginAttempt) => each.email ?? each.code)];
    };
    const all = ['email_domain_not_allowed', 'bob@acme.example', 'alice@acme.example'];
    expect(await shown({})).toEqual([3, ...all]);
    expect(await shown({ limit: '1', offset: '1' })).toEqual([3, all[1]]);
    expect(await shown({ outcome: 'succeeded' })).toEqual([2, all[1], all[2]]);
    expect(await shown({ outcome: 'refused' })).toEqual([1, all[0]]);
    expect(await shown({ outcome: 'started' })).toEqual([0]);
    expect(await shown({ code: 'email_domain_not_allowed' })).toEqual([1, all[0]]);
    expect(await shown({ code: 'idp_denied' })).toEqual([0]);
    expect(await shown({ code: 'idp_denied', outcome: 'succeeded' })).toEqual([0]);
    expect(await shown({ email: 'BOB@acme.example' })).toEqual([1, all[1]]);
    expect(await shown({ email: 'nobody@acme.example' })).toEqual([0]);
    expect(await shown({ email: 'no address' })).toEqual([0]);
    const { userId } = (await attemptRecords(scene).list(organization, { email: 'bob@acme.example' })).loginAttempts[0];
    expect(await shown({ userId })).toEqual([1, all[1]]);
    expect(await shown({ userId, email: 'alice@acme.example' })).toEqual([0]);
    expect(await shown({ userId: '\0' })).toEqual([0]);
    expect(await shown({ startDate: middle })).toEqual([2, all[0], all[1]]);
    expect(await shown({ endDate: middle })).toEqual([2, all[1], all[2]]);
    for (const query of [{ startDate: 'yesterday-ish' }, { limit: '101' }, { outcome: 'lost' }, { code: 'a\0b' }]) {
      expect((await attemptRecords(scene).list(organization, query)).code).toBe('validation_failed');
    }
  });
});

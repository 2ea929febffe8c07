import { describe, expect, it } from 'vitest';

import { auditEventFactsBytesMax } from '../../src/contract/limits.ts';
import { engines } from '../support/databases.ts';
import { useLoginScene } from '../support/login-scene.ts';
import { expectSignedIn } from './hostile-scene.ts';

const person = { sub: 'subject-of-alice', email: 'alice@acme.example', given_name: 'Alice' };

describe.each(engines)('audit entries with data from an identity provider (%s)', (engine) => {
  const scene = useLoginScene(engine);

  it('H380: an audit entry for 990 long group names stays within a few kilobytes and counts the names it leaves out', async () => {
    const organization = await scene.addOrganization({ config: { manageGroupMemberships: true } });
    const { call } = scene.server;
    const { token } = scene.boot;
    for (const name of ['A', 'B']) {
      const json = { name, organizationId: organization.id };
      expect((await call('/api/v1/groups', { token, json })).status).toBe(200);
    }
    const names = Array.from({ length: 990 }, (_, index) => `/${String(index).padStart(5, '0')}${'n'.repeat(35)}`);
    for (const last of ['A', 'B']) {
      organization.idp.setClaims({ ...person, groups: [last, ...names] });
      await expectSignedIn(scene, organization);
    }
    const logs = await call(`/api/v1/organization/audit-logs?limit=1000&organizationId=${organization.id}`, { token });
    const entries: { event: { type: string; metadata: Record<string, unknown> } }[] = logs.body.auditLogs;
    for (const { event } of entries) {
      expect(Buffer.byteLength(JSON.stringify(event.metadata))).toBeLessThanOrEqual(auditEventFactsBytesMax);
    }
    const [removed] = entries.filter(({ event }) => event.type === 'oidc-group-membership-mapping-remove-user');
    const { userGroupsClaim, cut, removedFromGroups } = removed?.event.metadata ?? {};
    expect(removedFromGroups).toMatchObject([{ name: 'A' }]);
    const listed = Array.isArray(userGroupsClaim) ? userGroupsClaim : [];
    expect(listed).toEqual(['B', ...names].slice(0, listed.length));
    expect(cut).toEqual({ userGroupsClaim: 991 - listed.length });
  });
});

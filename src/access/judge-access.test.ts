import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { createTestDatabase, engines } from '../../test/support/databases.ts';
import { createDirectory, type Directory, testOrigin } from '../../test/support/directory.ts';
import type { MachineActor, UserActor } from '../contract/actor.ts';
import type { OrganizationId } from '../contract/ids.ts';
import { judgeAccess } from './judge-access.ts';
import { recordEmergencyUse } from './record-emergency-use.ts';

describe.each(engines)('judgeAccess (%s)', (engine) => {
  let test: Awaited<ReturnType<typeof createTestDatabase>>;
  let directory: Directory;
  let acme: OrganizationId;
  let other: OrganizationId;
  let admin: UserActor;
  let member: UserActor;
  let machine: MachineActor;

  beforeAll(async () => {
    test = await createTestDatabase(engine);
    directory = createDirectory(test.database);
    acme = await directory.addOrganization('Acme');
    other = await directory.addOrganization('Other');
    admin = await directory.join(await directory.addUser('ann'), acme, 'admin');
    member = await directory.join(await directory.addUser('bob'), acme, 'member');
    machine = await directory.addMachine(acme, { role: 'admin' });
  });
  afterAll(() => test.destroy());

  const edit = (organizationId: string | undefined) =>
    ({ organizationId, subject: 'settings', action: 'edit' }) as const;
  const judge = async (actor: UserActor | MachineActor, question = edit(acme)) =>
    judgeAccess(test.database.db, actor, question);
  const failure = (code: string, meta: object = {}) =>
    expect.objectContaining({ code, meta: expect.objectContaining(meta) });
  const enforce = async (isEnforced: boolean, bypass: boolean) =>
    directory.deps.database.transaction(async (tx) => {
      const change = { auth_enforced: isEnforced ? 1 : 0, bypass_org_auth_enabled: bypass ? 1 : 0 } as const;
      await tx.updateTable('organizations').set(change).where('id', '=', acme).execute();
    });

  it('returns the named organization, or by default the one of the token', async () => {
    expect(await judge(admin)).toMatchObject({ id: acme });
    expect(await judge(admin, edit(undefined))).toMatchObject({ id: acme });
    expect(await judge(machine)).toMatchObject({ id: acme });
  });

  it('rejects a caller without an organization who names none', async () => {
    const unbound = { ...admin, organizationId: undefined };
    await expect(judge(unbound, edit(undefined))).rejects.toEqual(
      expect.objectContaining({ code: 'organization_not_selected' }),
    );
  });

  it('hides every organization except that of the token, even from its members', async () => {
    const both = await directory.join(admin, other, 'admin');
    const hidden = expect.objectContaining({ code: 'organization_not_found' });
    await expect(judge(both, edit(acme))).rejects.toEqual(hidden);
    await expect(judge({ ...admin, organizationId: undefined }, edit(acme))).rejects.toEqual(hidden);
    await expect(judge(machine, edit(other))).rejects.toEqual(hidden);
  });

  it('hides the organization of the token from a caller who does not belong to it', async () => {
    const hidden = expect.objectContaining({ code: 'organization_not_found' });
    const stranger = { ...(await directory.addUser('eve')), organizationId: acme };
    await expect(judge(stranger)).rejects.toEqual(hidden);
    await expect(judge({ ...machine, organizationId: other }, edit(other))).rejects.toEqual(hidden);
  });

  it('makes an instance admin an admin of every organization, but finds no unknown one', async () => {
    const root = { ...(await directory.addUser('root')), isInstanceAdmin: true };
    expect(await judge(root, edit(other))).toMatchObject({ id: other });
    const unknown = edit('00000000-0000-4000-8000-000000000000');
    await expect(judge(root, unknown)).rejects.toEqual(expect.objectContaining({ code: 'organization_not_found' }));
  });

  it('names the role, the subject and the action of a denied permission', async () => {
    const denied = failure('permission_denied', { role: 'member', subject: 'settings', action: 'edit' });
    await expect(judge(member)).rejects.toEqual(denied);
  });

  it('checks the enforcement before the permission, and does not apply it to machine identities', async () => {
    await enforce(true, false);
    const password = { ...admin, authMethod: 'password' } as const;
    const required = expect.objectContaining({ code: 'sso_required' });
    await expect(judge(password)).rejects.toEqual(required);
    await expect(judge({ ...member, authMethod: 'password' })).rejects.toEqual(required);
    expect(await judge(machine)).toMatchObject({ id: acme });
    expect(await judge(admin)).toMatchObject({ id: acme });
    await enforce(false, false);
  });

  it('allows the bypass only after the use by this session in this organization is audited', async () => {
    await enforce(true, true);
    const password = { ...admin, authMethod: 'password' } as const;
    await expect(judge(password)).rejects.toEqual(failure('emergency_use_unrecorded', { organizationId: acme }));
    const { userId, email, authMethod, sessionId } = password;
    const use = { kind: 'bypass', userId, email, authMethod, sessionId, clientInfo: testOrigin } as const;
    await directory.deps.database.transaction(async (tx) =>
      recordEmergencyUse(directory.deps, tx, { ...use, organizationId: acme }),
    );
    expect(await judge(password)).toMatchObject({ id: acme });
    const elsewhere = { ...password, sessionId: member.sessionId };
    await expect(judge(elsewhere)).rejects.toEqual(failure('emergency_use_unrecorded', { organizationId: acme }));
    await enforce(false, false);
  });
});

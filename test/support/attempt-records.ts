import { expect } from 'vitest';

import type { LoginAttempt } from '../../src/contract/login-attempts.ts';
import type { PageAnswer } from './browser-client.ts';
import { expectRefusal, type LoginScene, type SceneOrganization, signIn } from './login-scene.ts';

export const listUrl = '/api/v1/sso/oidc/login-attempts';

/** The records of a scene's sign-ins, read as the instance admin. */
export function attemptRecords({ server, boot: { token } }: LoginScene) {
  const list = async (organization: SceneOrganization, query: Record<string, string> = {}) => {
    const search = new URLSearchParams({ organizationId: organization.id, ...query }).toString();
    return (await server.call(`${listUrl}?${search}`, { token })).body;
  };
  const read = async (organization: SceneOrganization, id: string): Promise<LoginAttempt> => {
    const answer = await server.call(`${listUrl}/${id}?organizationId=${organization.id}`, { token });
    expect([answer.status, answer.text]).toEqual([200, answer.text]);
    return answer.body;
  };
  const newest = async (organization: SceneOrganization): Promise<LoginAttempt> =>
    read(organization, (await list(organization)).loginAttempts[0].id);
  return { list, read, newest };
}

/** The record of a sign-in that must be refused with a code. */
export async function refusedRecord(
  scene: LoginScene,
  { organization, code }: { organization: SceneOrganization; code: string },
  act: () => Promise<PageAnswer | { answer: PageAnswer }> = () => signIn(scene, { organization }),
): Promise<LoginAttempt> {
  const { id } = await expectRefusal(scene, code, act);
  return attemptRecords(scene).read(organization, id);
}

import { describe, expect, it } from 'vitest';

import { stepOf, testConnection } from '../support/connection-test.ts';
import { signIn, useLoginScene } from '../support/login-scene.ts';

describe('a discovery document whose token endpoint moved to another host', () => {
  const scene = useLoginScene('sqlite');

  it('H010: gets no stored secret from a connection test either', async () => {
    const [organization, elsewhere] = [await scene.addOrganization(), await scene.addOrganization()];
    await signIn(scene, { organization });
    organization.idp.mutate({ discovery: (good) => ({ ...good, token_endpoint: `${elsewhere.idp.url}/token` }) });
    const { body } = await testConnection(scene.server, scene.boot.token, { organizationId: organization.id });
    expect(stepOf(body, 'secret')).toMatchObject({
      outcome: 'failed',
      action: expect.stringContaining('enter the client secret again'),
    });
    expect(elsewhere.idp.count('token')).toBe(0);
  });
});

import { describe, expect, it } from 'vitest';

import { stepOf, testConnection } from '../support/connection-test.ts';
import { engines } from '../support/databases.ts';
import type { FaultyIdp } from '../support/faulty-idp.ts';
import { jsonReply } from '../support/faulty-idp-replies.ts';
import { type SceneOrganization, expectRefusal, hasSession, signIn, useLoginScene } from '../support/login-scene.ts';

/*
 * RFC 6749, section 2.3.1, requires form-encoded Basic credentials. LemonLDAP::NG, Glewlwyd and Doorkeeper do not
 * decode them, so they reject the right secret if it contains one of `+ / = !`.
 */

const clientSecret = 'a+secret/of=many!signs that is long enough';
const encoded = new URLSearchParams([['', clientSecret]]).toString().slice(1);

describe.each(engines)('a client secret that form-encoding changes (%s)', (engine) => {
  const scene = useLoginScene(engine);

  it('works at a provider that does not decode it, later with one token request', async () => {
    const organization = await scene.addOrganization({ idp: { clientSecret, takesRawCredentials: true } });
    expect(await isSignedIn(organization)).toBe(true);
    expect(secretsSent(organization.idp)).toEqual([encoded, clientSecret]);
    expect(await isSignedIn(organization)).toBe(true);
    expect(secretsSent(organization.idp)).toEqual([encoded, clientSecret, clientSecret]);
  });

  it('is sent encoded again when the provider starts to decode', async () => {
    const organization = await scene.addOrganization({ idp: { clientSecret, takesRawCredentials: true } });
    expect(await isSignedIn(organization)).toBe(true);
    organization.idp.mutate({ takesRawCredentials: false });
    expect(await isSignedIn(organization)).toBe(true);
    expect(secretsSent(organization.idp)).toEqual([encoded, clientSecret, clientSecret, encoded]);
  });

  it("is rejected in both forms if it is wrong, with the provider's first response", async () => {
    const idp = { clientSecret: 'another+one', takesRawCredentials: true };
    const organization = await scene.addOrganization({ idp, config: { clientSecret } });
    await expectRefusal(scene, 'idp_client_refused', () => signIn(scene, { organization }));
    expect(secretsSent(organization.idp)).toEqual([encoded, clientSecret]);
  });

  it('is sent once if the admin selected the client authentication', async () => {
    const idp = { clientSecret, takesRawCredentials: true };
    const config = { tokenEndpointAuthMethod: 'client_secret_basic' } as const;
    const organization = await scene.addOrganization({ idp, config });
    await expectRefusal(scene, 'idp_client_refused', () => signIn(scene, { organization }));
    expect(secretsSent(organization.idp)).toEqual([encoded]);
    const step = await secretStep(organization);
    expect(step.outcome).toBe('failed');
    expect(step.action).toContain('client_secret_basic_raw');
  });

  it('is sent once if the provider reports another error, as is every secret without such characters', async () => {
    const reply = { token: () => jsonReply({ error: 'invalid_grant' }, 400) };
    const spent = await scene.addOrganization({ idp: { clientSecret, mutate: { reply } } });
    await expectRefusal(scene, 'idp_code_refused', () => signIn(scene, { organization: spent }));
    expect(secretsSent(spent.idp)).toEqual([encoded]);
    const plain = await scene.addOrganization({ idp: { clientSecret: 'right' }, config: { clientSecret: 'wrong' } });
    await expectRefusal(scene, 'idp_client_refused', () => signIn(scene, { organization: plain }));
    expect(secretsSent(plain.idp)).toEqual(['wrong']);
  });

  it('is remembered even if the rejected first request used up the code', async () => {
    const idp = { clientSecret, takesRawCredentials: true };
    const organization = await scene.addOrganization({ idp });
    let isSpent = false;
    organization.idp.mutate({
      reply: {
        token: (reply, request) => {
          if (secretOf(request.headers.authorization) !== clientSecret || isSpent) return reply;
          isSpent = true;
          return jsonReply({ error: 'invalid_grant' }, 400);
        },
      },
    });
    await expectRefusal(scene, 'idp_code_refused', () => signIn(scene, { organization }));
    expect(await isSignedIn(organization)).toBe(true);
    expect(secretsSent(organization.idp)).toEqual([encoded, clientSecret, clientSecret]);
  });

  it('is shown by the connection test with the form that the provider accepts', async () => {
    const organization = await scene.addOrganization({ idp: { clientSecret, takesRawCredentials: true } });
    const good = await secretStep(organization);
    expect(good.outcome).toBe('passed');
    expect(good.message).toContain('client_secret_basic_raw');
    const wrong = await scene.addOrganization({ idp: { clientSecret: 'other' }, config: { clientSecret } });
    const bad = await secretStep(wrong);
    expect(bad.outcome).toBe('failed');
    expect(bad.message).toContain('with and without form-encoding');
    expect(JSON.stringify([good, bad])).not.toContain(clientSecret);
  });

  const isSignedIn = async (organization: SceneOrganization): Promise<boolean> =>
    hasSession((await signIn(scene, { organization })).browser);

  const secretStep = async ({ id }: SceneOrganization) => {
    const { body } = await testConnection(scene.server, scene.boot.token, { organizationId: id });
    return stepOf(body, 'secret');
  };
});

function secretOf(authorization = ''): string {
  const credentials = Buffer.from(authorization.replace(/^Basic /u, ''), 'base64').toString();
  return credentials.slice(credentials.indexOf(':') + 1);
}

/** The secrets of the token requests, as they were sent. */
function secretsSent({ requests }: FaultyIdp): readonly string[] {
  return requests.filter(({ endpoint }) => endpoint === 'token').map(({ headers }) => secretOf(headers.authorization));
}

import { describe, expect, it } from 'vitest';

import { apiRoutes } from '../../src/contract/api.ts';
import { usualPasswordCost } from '../../src/users/password.ts';
import { engines } from '../support/databases.ts';
import { signIn, useLoginScene } from '../support/login-scene.ts';

describe.each(engines)("the instance admin's password (%s)", (engine) => {
  const scene = useLoginScene(engine, {}, { passwordCost: usualPasswordCost });

  it('is set only by the first start, and only one endpoint accepts it', () => {
    const taking = apiRoutes.filter(({ body }) => JSON.stringify(body ?? {}).includes('password'));
    expect(taking.map(({ operationId }) => operationId)).toEqual(['bootstrap', 'loginWithPassword']);
  });

  it('is stored as argon2id, and no user from a provider has one', async () => {
    const organization = await scene.addOrganization({ idp: { claims: { sub: '1', email: scene.boot.admin.email } } });
    await signIn(scene, { organization });
    const { db } = scene.server.database;
    const rows = await db
      .selectFrom('users')
      .select(['is_instance_admin', 'password_hash'])
      .orderBy('created_at')
      .execute();
    expect(rows).toHaveLength(2);
    const [administrator] = rows.filter((row) => row.is_instance_admin === 1);
    expect(administrator?.password_hash).toMatch(/^\$argon2id\$v=19\$m=65536,t=3,p=4\$[\w+/]{22}\$[\w+/]{43}$/u);
    expect(rows.filter((row) => row.is_instance_admin === 0)).toEqual([{ is_instance_admin: 0, password_hash: null }]);
  });

  it('H270: a user without a password gets the same response as an unknown user', async () => {
    const claims = { sub: '2', email: 'carol@acme.example' };
    const organization = await scene.addOrganization({ idp: { claims } });
    await signIn(scene, { organization });
    const [somebody, nobody] = await Promise.all(
      [claims.email, 'nobody@acme.example'].map(async (email) =>
        scene.server.call('/api/v3/auth/login', { json: { email, password: scene.boot.admin.password } }),
      ),
    );
    expect(somebody).toMatchObject({ status: 401, body: { code: 'credentials_invalid' } });
    expect({ ...somebody?.body, reqId: '' }).toEqual({ ...nobody?.body, reqId: '' });
  });
});

import { afterAll, beforeAll, describe, it } from 'vitest';

import { engines } from '../support/databases.ts';
import { expectAdmitted, expectHeld, type HostileScene, openHostileScene } from './hostile-scene.ts';

describe.each(engines)('signatures (%s)', (engine) => {
  let scene: HostileScene;

  beforeAll(async () => {
    scene = await openHostileScene(engine);
  });
  afterAll(() => scene.close());

  it.each(['none', 'None', 'nOnE'])('H049: an unsigned ID token, alg %s', async (alg) => {
    const sign = (claims: object) => `${base64Url({ alg })}.${base64Url(claims)}.`;
    await expectHeld(scene, 'id_token_invalid', { idp: { mutate: { sign } } });
  });

  it('H052: EdDSA under its newer name Ed25519', async () => {
    await expectAdmitted(scene, { algorithm: 'EdDSA', idp: { mutate: { idTokenHeader: { alg: 'Ed25519' } } } });
  });
});

function base64Url(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString('base64url');
}

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { runCommand } from '../support/command-line.ts';
import { type LoginScene, openLoginScene, type SceneOrganization, signIn } from '../support/login-scene.ts';

describe('sign-in attempts on the command line', () => {
  let scene: LoginScene;
  let organization: SceneOrganization;
  let home: string;

  beforeAll(async () => {
    scene = await openLoginScene('sqlite', { SALLYPORT_REFUSALS_RECORDED_PER_MINUTE: '1' });
    organization = await scene.addOrganization({ config: { allowedEmailDomains: 'acme.example' } });
    home = await mkdtemp(join(tmpdir(), 'sallyport-cli-'));
  });
  afterAll(async () => {
    await scene.close();
    await rm(home, { recursive: true, force: true });
  });

  const run = async (...words: string[]) =>
    runCommand([...words, '--organization', organization.id], {
      home,
      env: { SALLYPORT_URL: scene.server.url, SALLYPORT_TOKEN: scene.boot.token },
    });

  it('are listed, and one is shown step by step with what to do', async () => {
    await signIn(scene, { organization });
    organization.idp.setClaims({ sub: 'x', email: 'x@evil.example', given_name: '\u001b[2J', family_name: 'B' });
    const { answer } = await signIn(scene, { organization });
    await signIn(scene, { organization });
    const id = new URL(answer.location).searchParams.get('attempt') ?? '';
    const listed = await run('sso', 'attempts');
    expect(listed.output).toMatch(/^ATTEMPT +TIME +OUTCOME +WHO +WHAT HAPPENED$/mu);
    expect(listed.output).toMatch(new RegExp(`^${id} .* refused .*evil\\.example`, 'mu'));
    expect(listed.output).toMatch(/ succeeded +alice@acme\.example$/mu);
    expect(listed.output).toContain('\n1 further refusals were counted but not recorded.\n');
    const refused = await run('sso', 'attempts', '--outcome', 'refused', '--json');
    expect(refused.json()).toMatchObject({ totalCount: 1, omittedCount: 1, loginAttempts: [{ id }] });
    const shown = await run('sso', 'attempt', id.toUpperCase());
    expect(shown.output).toMatch(/^outcome +refused: email_domain_not_allowed$/mu);
    expect(shown.output).toMatch(/^alg +ok +\d+ +ES256 +ES256$/mu);
    expect(shown.output).toMatch(/^nbf +- +\d+ +none +not after/mu);
    expect(shown.output).toMatch(/^provisioning +FAILED +\d+ +evil\.example$/mu);
    expect(shown.output).toContain('What to do: If its users may sign in, add evil.example to allowedEmailDomains');
    expect((await run('sso', 'attempt', id, '--json')).json()).toMatchObject({ id, outcome: 'refused' });
    const missing = await run('sso', 'attempt', '0b9b0b4e-6f0c-4a58-9a3e-3c1b6f2f7f10');
    expect([missing.exitCode, missing.errors]).toEqual([1, expect.stringContaining('login_attempt_not_found')]);
  });
});

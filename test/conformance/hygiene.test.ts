import { calculateJwkThumbprint } from 'jose';
import { describe, expect, it } from 'vitest';

import type { Logger } from '../../src/kernel/logger.ts';
import { engines } from '../support/databases.ts';
import { readToken, signIn, useLoginScene } from '../support/login-scene.ts';
import { bootstrap, startTestServer } from '../support/server.ts';
import { expectUntouched, readEverything } from '../support/stored-rows.ts';
import { expectAdmitted, expectHeld } from './hostile-scene.ts';

const email = 'alice@acme.example';
const groupsUrl = '/api/v1/groups';

describe.each(engines)('stored text (%s)', (engine) => {
  const lines: string[] = [];
  const write = (fields: object, message: string) => void lines.push(`${message} ${JSON.stringify(fields)}`);
  const logger: Logger = { debug: write, info: write, warn: write, error: write };

  const scene = useLoginScene(engine, {}, { logger });

  it.each([
    ['H262: a subject with a NUL', 'a\0b'],
    ['H262: a subject with half a surrogate pair', 'a\ud800b'],
    ['H263: a subject that no index could hold', 'a'.repeat(3000)],
  ])('%s', async (_title, sub) => {
    await expectHeld(scene, 'subject_invalid', { idp: { claims: { sub, email } } });
  });

  it('H262: cleans names with NUL, unpaired surrogates and noncharacters', async () => {
    const claims = { sub: 'alice', email, given_name: 'A\0\ud800\uffff', family_name: '\udfff\u0007B' };
    const { id } = await expectAdmitted(scene, { idp: { claims } });
    const names = scene.server.database.db
      .selectFrom('users')
      .innerJoin('memberships', 'memberships.user_id', 'users.id')
      .select(['users.first_name', 'users.last_name'])
      .where('memberships.organization_id', '=', id);
    const [stored] = await names.execute();
    expect(`${stored?.first_name}${stored?.last_name}`).toMatch(/^A.?B$/u);
    expect(stored?.first_name).not.toMatch(/[\p{Cc}\p{Cs}]/u);
  });

  it('H266: stores a name that looks like a format string or a template unchanged', async () => {
    const name = '%s%n ${7919*7907} {{7919*7907}} <%= 7919*7907 %>';
    const organization = await scene.addOrganization({ idp: { claims: { sub: 'formats', email, given_name: name } } });
    const { answer, browser } = await signIn(scene, { organization });
    const { token } = await readToken(scene, browser);
    const me = await scene.server.call('/api/v2/users/me', { token });
    expect(me.body.user.firstName).toBe(name);
    const page = await browser.visit(answer.location);
    expect([page.status, page.text.includes('62615533')]).toEqual([200, false]);
  });

  it('H273: a name can neither end its line of the export nor add a field to it', async () => {
    const organization = await scene.addOrganization();
    const { token } = scene.boot;
    const name = '=HYPERLINK("x")","sequence":999,"x":"';
    const json = { name, organizationId: organization.id, slug: 'formula' };
    expect((await scene.server.call(groupsUrl, { token, json })).status).toBe(200);
    const url = `/api/v1/organization/audit-logs/export?organizationId=${organization.id}`;
    const entries = (await scene.server.call(url, { token })).text.trimEnd().split('\n');
    const parsed = entries.map((line) => JSON.parse(line));
    expect(parsed.map(({ sequence }) => sequence)).toEqual(entries.map((_, index) => index + 1));
    expect(parsed.at(-1).event.metadata.name).toBe(name);
  });

  it.each(['{"__proto__":{"isSuperAdmin":true},"name":"x"}', '{"constructor":{"prototype":{"a":1}},"name":"x"}'])(
    'H275: rejects a request body that names prototypes: %s',
    async (body) => {
      const headers = { 'content-type': 'application/json', authorization: `Bearer ${scene.boot.token}` };
      const before = await readEverything(scene.server.database);
      const answer = await fetch(`${scene.server.url}${groupsUrl}`, { method: 'POST', headers, body });
      expect(answer.status).toBe(422);
      await expectUntouched(scene.server.database, before);
      expect(Object.keys(Object.prototype)).toEqual([]);
    },
  );

  it.each([
    ['H264: a body of many levels', `{"name":${'['.repeat(5000)}${']'.repeat(5000)}}`, 422],
    ['H264: a body of objects in objects', `${'{"name":'.repeat(1500)}1${'}'.repeat(1500)}`, 422],
    ['H264: a body of megabytes', `{"name":"${'a'.repeat(4_000_000)}"}`, 413],
    ['H264: a list of 10,001 values', `{"name":[${'1,'.repeat(10_000)}1]}`, 413],
    ['H264: an object of 10,001 members', `{${'"a":1,'.repeat(10_000)}"name":"x"}`, 413],
    ['H264: a text of 100,000 commas', `{"name":"${String.raw`\",`.repeat(100_000)}"}`, 422],
    ['H264: a list of 10,000 values', `{"name":[${'1,'.repeat(9_999)}1]}`, 422],
  ])('%s', async (_title, body, expected) => {
    const headers = { 'content-type': 'application/json', authorization: `Bearer ${scene.boot.token}` };
    const before = await readEverything(scene.server.database);
    const { status } = await fetch(`${scene.server.url}${groupsUrl}`, { method: 'POST', headers, body });
    expect(status).toBe(expected);
    await expectUntouched(scene.server.database, before);
  });

  it('H302: nothing of a session is in an address or in the log', async () => {
    const { answer, browser } = await signIn(scene, { organization: await scene.bystander() });
    const first = browser.cookies('localhost').get('jid') ?? '';
    const { token } = await readToken(scene, browser);
    const second = browser.cookies('localhost').get('jid') ?? '';
    const secrets = [...first.split('.'), ...second.split('.'), token, token.split('.')[2] ?? ''];
    expect(secrets.every((secret) => secret.length > 15)).toBe(true);
    await scene.server.call('/api/v2/users/me/sessions', { token });
    await browser.visit(`${scene.server.url}/api/v1/auth/logout`, { method: 'POST' });
    const written = `${answer.location}\n${lines.join('\n')}`;
    expect(lines.some((line) => line.includes('/api/v1/auth/logout'))).toBe(true);
    expect(secrets.filter((secret) => written.includes(secret))).toEqual([]);
  });

  it('H297: the identifier of a published key is its thumbprint', async () => {
    const { body } = await scene.server.call('/.well-known/jwks.json');
    expect(body.keys).toHaveLength(1);
    for (const key of body.keys) expect(key.kid).toBe(await calculateJwkThumbprint(key));
  });

  it('H299: hundreds of groups make neither the token nor the cookie larger', async () => {
    const groups = Array.from({ length: 500 }, (_, index) => `a group with quite a long name ${index}`);
    const organization = await scene.addOrganization({
      config: { manageGroupMemberships: true },
      idp: { claims: { sub: 'many', email, groups } },
    });
    for (const [index, name] of groups.slice(0, 60).entries()) {
      const json = { name, organizationId: organization.id, slug: `many-${index}` };
      expect((await scene.server.call(groupsUrl, { token: scene.boot.token, json })).status).toBe(200);
    }
    const { browser } = await signIn(scene, { organization });
    const { db } = scene.server.database;
    const held = db.selectFrom('group_memberships').selectAll().where('organization_id', '=', organization.id);
    expect(await held.execute()).toHaveLength(60);
    const { token } = await readToken(scene, browser);
    expect(token.length).toBeLessThan(1024);
    expect((browser.cookies('localhost').get('jid') ?? '').length).toBeLessThan(1024);
  });
});

describe.each(engines)('a server whose database is gone (%s)', (engine) => {
  it('H269: answers with its five fields, and nothing of its inside', async () => {
    const server = await startTestServer({ engine });
    try {
      const { token, admin, organizationId } = await bootstrap(server);
      await server.database.close();
      const answers = [
        await server.call('/api/v1/organization', { token }),
        await server.call(`/api/v1/organization/${organizationId}`, { token }),
        await server.call('/api/v3/auth/login', { json: admin }),
        await server.call('/api/v1/sso/oidc/login?orgSlug=acme', { headers: { accept: 'application/json' } }),
      ];
      for (const { status, body, text } of answers) {
        expect(status).toBeGreaterThanOrEqual(500);
        expect(Object.keys(body).toSorted()).toEqual(['code', 'error', 'message', 'reqId', 'statusCode']);
        expect(text).not.toMatch(/select |from |sqlite|postgres|kysely|\.ts|\/node_modules|stack|at \w+ \(/i);
      }
    } finally {
      await server.close();
    }
  });
});

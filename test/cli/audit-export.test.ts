import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { sql } from 'kysely';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';

import { addMember, addOrganization } from '../support/callers.ts';
import { type CommandEnd, runCommand } from '../support/command-line.ts';
import { engines } from '../support/databases.ts';
import { runProgram } from '../support/program.ts';
import { type Bootstrapped, bootstrap, startTestServer, type TestServer } from '../support/server.ts';

describe.each(engines)('sallyport audit export (%s)', { timeout: 60_000 }, (engine) => {
  let server: TestServer;
  let acme: Bootstrapped;
  let home: string;
  let env: Record<string, string>;

  beforeAll(async () => {
    server = await startTestServer({ engine });
    acme = await bootstrap(server);
    // More than one page.
    await change(1010);
  });
  afterAll(() => server.close());

  beforeEach(async () => {
    home = await mkdtemp(join(tmpdir(), 'sallyport-export-'));
    const { token } = await addMember(server, acme, { organizationId: acme.organizationId, role: 'admin' });
    env = { SALLYPORT_URL: server.url, SALLYPORT_TOKEN: token };
    return async () => rm(home, { recursive: true, force: true });
  });

  const run = async (...words: string[]): Promise<CommandEnd> =>
    runCommand(['audit', 'export', ...words], { home, env });
  const runAlone = async (...words: string[]): Promise<CommandEnd> =>
    runProgram(['audit', 'export', ...words], { home, env });
  const linesOf = (text: string) => text.split('\n').slice(0, -1);
  const sequencesOf = (text: string) => linesOf(text).map((line) => JSON.parse(line).sequence as number);
  const upTo = (last: number, first = 1) => Array.from({ length: last - first + 1 }, (_, index) => first + index);

  let made = 0;
  async function change(count: number): Promise<void> {
    const { organizationId, token } = acme;
    const names = Array.from({ length: count }, () => `Group ${(made += 1)}`);
    for (let from = 0; from < count; from += 20) {
      const batch = names.slice(from, from + 20).map(async (name) => {
        const { status } = await server.call('/api/v1/groups', { token, json: { name, organizationId } });
        expect(status).toBe(200);
      });
      await Promise.all(batch);
    }
  }

  async function lastSequence(): Promise<number> {
    const query = `organizationId=${acme.organizationId}&limit=1`;
    const { body } = await server.call(`/api/v1/organization/audit-logs?${query}`, { token: acme.token });
    return body.auditLogs[0].sequence;
  }

  test('prints the lines of the API and continues after a cursor', async () => {
    const last = await lastSequence();
    const whole = await runAlone();
    expect(whole.exitCode).toBe(0);
    const text = whole.output;
    expect(sequencesOf(text)).toEqual(upTo(last));
    const query = `organizationId=${acme.organizationId}&after=7&limit=10`;
    const page = await server.call(`/api/v1/organization/audit-logs/export?${query}`, { token: acme.token });
    expect(page.text).toBe(
      linesOf(text)
        .slice(7, 17)
        .map((line) => `${line}\n`)
        .join(''),
    );
    expect(whole.errors).toBe(`Exported ${last} entries. The last one is entry ${last}.\n`);

    const first = await run('--limit', '3');
    expect(sequencesOf(first.output)).toEqual([1, 2, 3]);
    const rest = await run('--after', '3');
    expect(first.output + rest.output).toBe(text);
    expect(await run('--after', String(last), '--json')).toMatchObject({ exitCode: 0, output: '' });
  });

  test('continues at the end of its file while entries are added, page after page', async () => {
    const file = ['--file', join(home, 'trail.ndjson')];
    expect(await runAlone(...file, '--limit', '2')).toMatchObject({ exitCode: 0, output: '' });
    expect((await stat(join(home, 'trail.ndjson'))).mode & 0o777).toBe(0o600);
    await change(3);
    expect((await run(...file)).exitCode).toBe(0);
    expect((await run(...file)).errors).toMatch(/^Exported 0 entries/u);
    const last = await lastSequence();
    expect(last).toBeGreaterThan(1000);
    expect(sequencesOf(await readFile(join(home, 'trail.ndjson'), 'utf8'))).toEqual(upTo(last));
  });

  test('repairs a truncated file and leaves a file that is not an export alone', async () => {
    const path = join(home, 'trail.ndjson');
    const { output } = await run();
    await writeFile(path, output.slice(0, -40));
    const repaired = await run('--file', path);
    expect([repaired.exitCode, repaired.errors]).toEqual([0, expect.stringContaining('was incomplete')]);
    expect(await readFile(path, 'utf8')).toBe(output);

    for (const content of ['{"sequence":"not one"}\n', 'a letter', '\n', `${output}and a note`]) {
      await writeFile(path, content);
      const refused = await run('--file', path);
      expect([refused.exitCode, refused.errors]).toEqual([
        1,
        expect.stringContaining('is not an exported audit trail'),
      ]);
      expect(await readFile(path, 'utf8')).toBe(content);
    }
    expect(await run('--file', home)).toMatchObject({ exitCode: 1, output: '' });
    expect(await run('--file', path, '--after', '3')).toMatchObject({ exitCode: 2, output: '' });
  });

  test("does not add one organization’s entries to another's file, nor to the file of a later state", async () => {
    const path = join(home, 'trail.ndjson');
    const organizationId = await addOrganization(server, acme);
    const { token } = await addMember(server, acme, { organizationId, role: 'admin' });
    const theirs = await runCommand(['audit', 'export', '--file', path], {
      home,
      env: { ...env, SALLYPORT_TOKEN: token },
    });
    expect(theirs.exitCode).toBe(0);
    const before = await readFile(path, 'utf8');
    const refused = await run('--file', path);
    expect([refused.exitCode, refused.errors]).toEqual([1, expect.stringContaining('belongs to another trail')]);
    expect(await readFile(path, 'utf8')).toBe(before);

    const { output } = await run();
    const [line = ''] = linesOf(output).slice(-1);
    const sequence = JSON.parse(line).sequence as number;
    await writeFile(path, `${output}${line.replace(/\d+/u, String(sequence + 1))}\n`);
    expect((await run('--file', path)).errors).toContain('older state');
  });

  test('H280: exports an altered or shortened trail, reports it, and fails', async () => {
    const organizationId = await addOrganization(server, acme);
    const { token } = await addMember(server, acme, { organizationId, role: 'admin' });
    env['SALLYPORT_TOKEN'] = token;
    for (const name of ['one', 'two', 'three']) await server.call('/api/v1/groups', { token, json: { name } });
    expect((await run()).exitCode).toBe(0);
    await withoutTriggers(sql`update audit_events set ip_address = '192.0.2.9'
      where organization_id = ${organizationId} and sequence = 2`);
    const altered = await run();
    expect([altered.exitCode, sequencesOf(altered.output)]).toEqual([1, [1, 2, 3, 4, 5]]);
    expect(altered.errors).toContain('entry 2 does not match its hash');
    expect((await run('--after', '2')).exitCode).toBe(0);
    await withoutTriggers(sql`delete from audit_events where organization_id = ${organizationId} and sequence = 2`);
    const shortened = await run();
    expect(sequencesOf(shortened.output)).toEqual([1, 3, 4, 5]);
    expect([shortened.exitCode, shortened.errors]).toEqual([1, expect.stringContaining('entry 3 does not match')]);
    expect(shortened.errors).toContain('1 entries after entry 1 no longer exist.');
  });

  test('is refused to a caller who may not read the trail, and creates no file', async () => {
    const { token } = await addMember(server, acme, { organizationId: acme.organizationId, role: 'member' });
    env['SALLYPORT_TOKEN'] = token;
    const path = join(home, 'trail.ndjson');
    expect(await run()).toMatchObject({
      exitCode: 1,
      output: '',
      errors: expect.stringContaining('permission_denied'),
    });
    expect(await run('--server')).toMatchObject({ exitCode: 1, output: '' });
    env['SALLYPORT_TOKEN'] = acme.token;
    const servers = await run('--server', '--file', path);
    expect(servers.exitCode).toBe(0);
    expect(JSON.parse(linesOf(await readFile(path, 'utf8'))[0] ?? '')).toMatchObject({ sequence: 1, orgId: null });
  });

  test('waits if the server asks for it, and reports its progress if the server disappears', async () => {
    let requests = 0;
    const between = createServer((request, response) => {
      requests += 1;
      if (requests === 1) {
        response.writeHead(429, { 'retry-after': '1', 'content-type': 'application/json' }).end('{}');
      } else if (requests === 2) {
        const authorization = request.headers.authorization ?? '';
        void server.call(request.url ?? '', { headers: { authorization } }).then(({ text }) => {
          response.writeHead(200, { 'content-type': 'application/x-ndjson' }).end(text);
        });
      } else response.destroy();
    });
    await new Promise<void>((resolve) => between.listen(0, '127.0.0.1', resolve));
    const address = between.address();
    env['SALLYPORT_URL'] = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
    const end = await runAlone();
    between.close();
    expect(sequencesOf(end.output)).toEqual(upTo(1000));
    expect(end.exitCode).toBe(3);
    expect(end.errors).toContain('wait 1 seconds');
    expect(end.errors).toContain('Stopped after entry 1000.');
  });

  /** As the owner of the database can. */
  async function withoutTriggers(tampering: ReturnType<typeof sql>): Promise<void> {
    await server.database.transaction(async (tx) => {
      for (const name of ['audit_events_update', 'audit_events_delete']) {
        const drop = sql`drop trigger if exists ${sql.id(name)}`;
        await (engine === 'sqlite' ? drop : sql`${drop} on audit_events`).execute(tx);
      }
      await tampering.execute(tx);
    });
  }
});

import { mkdtemp, rm } from 'node:fs/promises';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { runCommand } from '../support/command-line.ts';
import { type FaultyIdp, startFaultyIdp } from '../support/faulty-idp.ts';
import { runProgram } from '../support/program.ts';
import { bootstrap, startTestServer, type TestServer } from '../support/server.ts';

describe('sso test', () => {
  let server: TestServer;
  let idp: FaultyIdp;
  let home: string;
  let env: Record<string, string>;

  beforeAll(async () => {
    server = await startTestServer({ engine: 'sqlite' });
    const { token } = await bootstrap(server);
    idp = await startFaultyIdp({ algorithm: 'ES256' });
    home = await mkdtemp(join(tmpdir(), 'sallyport-cli-'));
    env = { SALLYPORT_URL: server.url, SALLYPORT_TOKEN: token };
  });
  afterAll(async () => {
    await idp.close();
    await server.close();
    await rm(home, { recursive: true, force: true });
  });

  const proposal = () => {
    const place = ['--discovery-url', idp.discoveryUrl, '--client-id', idp.clientId];
    return [...place, '--algorithm', 'ES256', '--client-secret-file', '-'];
  };
  const run = async (args: readonly string[], input: string = idp.clientSecret) =>
    runCommand(['sso', 'test', ...args], { home, env, input });

  test('prints each step on a line and exits with 0 if none failed', async () => {
    const end = await runProgram(['sso', 'test', ...proposal()], { home, env, input: idp.clientSecret });
    expect([end.exitCode, end.errors]).toEqual([0, '']);
    expect(end.output).toMatch(/^ok {3}url {18} The URLs are valid/m);
    expect(end.output).toMatch(/^ok {3}secret {15} The provider accepts the client id and the secret/m);
    expect(end.output).toMatch(/^warn tls .*\n {27}expected .*\n {27}found {4}.*: plain http\n {27}do {7}Use https/m);
    expect(end.output).toMatch(/1 warning\.\n$/);
    expect(end.output).toMatch(/^[\x20-\x7e\n]*$/);
  });

  test('explains a failed step and exits with 1', async () => {
    const end = await run(proposal(), 'wrong');
    expect([end.exitCode, end.errors]).toEqual([1, '']);
    expect(end.output).toMatch(
      /^FAIL secret .*\n {27}expected invalid_grant.*\n.*invalid_client.*\n {27}do {7}Create a new/m,
    );
    expect(end.output).toMatch(/\n1 step failed, 1 warning\. The server's log has more under request [\w-]+\.\n$/);
    const asJson = await run([...proposal(), '--json'], 'wrong');
    expect([asJson.exitCode, asJson.json().ok]).toEqual([1, false]);
  });

  test('needs something to test, and says so if the server cannot test', async () => {
    const nothing = await run([], '');
    expect([nothing.exitCode, nothing.output]).toEqual([1, '']);
    expect(nothing.errors).toContain('oidc_config_not_found');
    const older = createServer((_request, response) => {
      response.writeHead(404, { 'content-type': 'application/json' }).end('{"code":"route_not_found"}');
    });
    await new Promise<void>((resolve) => older.listen(0, '127.0.0.1', resolve));
    const address = older.address();
    const url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`;
    const args = ['sso', 'test', '--organization', '7f9c24e8-3b1d-4f6a-9c0e-000000000000'];
    const end = await runCommand(args, { home, env: { ...env, SALLYPORT_URL: url } });
    older.close();
    expect([end.exitCode, end.output]).toEqual([1, '']);
    expect(end.errors).toContain('This server cannot test a connection.');
  });
});

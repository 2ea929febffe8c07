import { chownSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, it } from 'vitest';

import { silentLogger } from '../../src/kernel/logger.ts';
import { openDatabase } from '../../src/storage/open-database.ts';
import { runProgram } from '../support/program.ts';
import { type PostgresServer, startPostgres } from '../support/postgres-server.ts';
import { expiredCa, privateCa, privateServer } from '../support/private-ca.ts';

/** PostgreSQL with a certificate of a private authority, for 127.0.0.1; it rejects connections without TLS. */
describe('PostgreSQL over TLS', () => {
  let folder: string;
  let server: PostgresServer;
  const files = () => ({ ca: join(folder, 'ca.pem'), other: join(folder, 'other.pem') });

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'sallyport-tls-'));
    writeFileSync(files().ca, privateCa);
    writeFileSync(files().other, expiredCa);
    server = await startPostgres({
      isSynced: false,
      prepare: (databaseDir) => {
        const { uid, gid } = statSync(databaseDir);
        for (const [name, text] of [
          ['server.crt', privateServer.cert],
          ['server.key', privateServer.key],
          ['pg_hba.conf', 'hostssl all all 127.0.0.1/32 password\n'],
        ] as const) {
          writeFileSync(join(databaseDir, name), text, { mode: 0o600 });
          chownSync(join(databaseDir, name), uid, gid);
        }
        return ['ssl=on'];
      },
    });
  });
  afterAll(async () => {
    await server.destroy();
    rmSync(folder, { recursive: true, force: true });
  });

  const open = async (query: string) => openDatabase({ url: `${server.url}?${query}`, logger: silentLogger });

  it.each(['require', 'verify-ca', 'verify-full', 'prefer'])('is verified with sslmode=%s', async (mode) => {
    const database = await open(`sslmode=${mode}&sslrootcert=${files().ca}`);
    await database.ping();
    await database.close();
    await expect(open(`sslmode=${mode}`)).rejects.toThrow('its certificate is not trusted');
    await expect(open(`sslmode=${mode}&sslrootcert=${files().other}`)).rejects.toThrow(
      'its certificate is not trusted',
    );
  });

  it('is rejected for a host that the certificate does not name', async () => {
    const url = server.url.replace('127.0.0.1', 'localhost');
    const opening = openDatabase({ url: `${url}?sslmode=require&sslrootcert=${files().ca}`, logger: silentLogger });
    await expect(opening).rejects.toThrow('its certificate is not trusted');
  });

  it('is required if the server requires it', async () => {
    await expect(open('sslmode=disable')).rejects.toThrow('pg_hba.conf');
  });

  it('is rejected with an unknown mode and with a missing file', async () => {
    await expect(open('sslmode=on')).rejects.toThrow('sslmode in DATABASE_URL must be one of disable, prefer, require');
    const missing = join(folder, 'missing.pem');
    await expect(open(`sslmode=require&sslrootcert=${missing}`)).rejects.toThrow(`sslrootcert=${missing} (ENOENT)`);
  });

  it('prints no warning of the driver', async () => {
    const env = { DATABASE_URL: `${server.url}?sslmode=require&sslrootcert=${files().ca}` };
    const { exitCode, errors } = await runProgram(['migrate'], { home: folder, env });
    expect([exitCode, errors]).toEqual([0, '']);
  });
});

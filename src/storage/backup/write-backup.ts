import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';

import { StorageStartError } from '../start-error.ts';
import type { Snapshot } from './snapshot.ts';

export const backupFormat = 'sallyport-backup-1';

const ownerOnly = 0o600;
const bufferLengthMax = 262_144;

/**
 * Writes a snapshot to a new file, one JSON value per line: a heading, each table's name followed by its rows, and
 * finally
 * the number of rows and the SHA-256 of all previous lines. Both engines have the same tables, so either can read the
 * file.
 * Resolves with the number of rows when the file is on the disk.
 */
export async function writeBackup(snapshot: Snapshot, path: string, createdAt: string): Promise<number> {
  const file = await open(path, 'wx', ownerOnly).catch((cause: unknown) => {
    const code = cause instanceof Error && 'code' in cause ? String(cause.code) : 'unknown reason';
    throw new StorageStartError(`${path} cannot be created (${code}).`, { cause });
  });
  try {
    const digest = createHash('sha256');
    let buffer = '';
    let count = 0;
    const flush = async () => {
      digest.update(buffer);
      await file.appendFile(buffer);
      buffer = '';
    };
    const { engine, migrations } = snapshot;
    buffer += line({ format: backupFormat, createdAt, engine, migrations });
    for (const table of snapshot.tables) {
      buffer += line({ table: table.name, columns: table.columns });
      for await (const row of snapshot.rows(table)) {
        buffer += line(row);
        count += 1;
        if (buffer.length > bufferLengthMax) await flush();
      }
    }
    await flush();
    await file.appendFile(line({ rows: count, sha256: digest.digest('hex') }));
    await file.sync();
    return count;
  } finally {
    await file.close();
  }
}

function line(value: unknown): string {
  return `${JSON.stringify(value)}\n`;
}

import { randomUUID } from 'node:crypto';
import { open, type FileHandle } from 'node:fs/promises';
import { DatabaseSync } from 'node:sqlite';

/** The floor's store of sessions. */
export interface FloorStore {
  /** Resolves when the session survives a power cut. */
  saveSession(session: { id: string; email: string; createdAtMs: number }): Promise<void>;
}

const createTable =
  'create table if not exists sessions (id text primary key, email text not null, at bigint not null)';

/** Opens the store of a `DATABASE_URL`, `sqlite:<file>` or `postgres://…`. */
export async function openFloorStore(url: string): Promise<FloorStore> {
  return url.startsWith('sqlite:') ? openSqlite(url.slice('sqlite:'.length)) : openPostgres(url);
}

async function openPostgres(url: string): Promise<FloorStore> {
  const { default: pg } = await import('pg');
  const pool = new pg.Pool({ connectionString: url, max: 10 });
  await pool.query(createTable);
  const insert = { name: 'save', text: 'insert into sessions (id, email, at) values ($1, $2, $3)' };
  return {
    async saveSession({ id, email, createdAtMs }) {
      await pool.query({ ...insert, values: [id, email, createdAtMs] });
    },
  };
}

// As durable as `synchronous=FULL`, which syncs the write-ahead log after each commit, but it does not block the event
// loop: commits
// are written first, and one sync in the thread pool then covers all commits before it.
async function openSqlite(file: string): Promise<FloorStore> {
  const database = new DatabaseSync(file);
  database.exec('pragma journal_mode = wal; pragma synchronous = normal');
  database.exec(createTable);
  const insert = database.prepare('insert into sessions (id, email, at) values (?, ?, ?)');
  // The first write creates the log.
  insert.run(randomUUID(), '', 0);
  const sync = createSharedSync(await open(`${file}-wal`, 'r+'));
  return {
    saveSession({ id, email, createdAtMs }) {
      insert.run(id, email, createdAtMs);
      return sync();
    },
  };
}

// A running sync may miss later writes, so a later caller waits for the next one.
function createSharedSync(log: FileHandle): () => Promise<void> {
  let running: Promise<void> | undefined;
  let next: Promise<void> | undefined;
  const start = async (): Promise<void> => {
    next = undefined;
    running = log.datasync();
    await running;
    running = undefined;
  };
  return () => (running === undefined ? start() : (next ??= running.then(start)));
}

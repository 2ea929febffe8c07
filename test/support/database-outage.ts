import { silentLogger } from '../../src/kernel/logger.ts';
import type { Database, Engine } from '../../src/storage/database.ts';
import { openDatabase } from '../../src/storage/open-database.ts';
import { openPostgresProxy, type PostgresProxy } from './postgres-proxy.ts';

/** A database that a test can make unavailable for its server. */
export interface FailingDatabase {
  /** An option for `startTestServer`: a database that fails on demand. */
  standBefore(database: Database, url: string): Promise<Database>;
  /** From now on, reads and writes fail. */
  begin(): Promise<void>;
  /** Ends the outage; not on SQLite, where it is final. */
  end(): void;
  close(): Promise<void>;
}

/**
 * PostgreSQL is reached by way of a proxy, which cuts its connections and refuses new ones. On SQLite the connection to
 * the file is closed under the server, so that every statement fails.
 */
export function createFailingDatabase(engine: Engine): FailingDatabase {
  let proxy: PostgresProxy | undefined;
  let opened: Database | undefined;
  return {
    standBefore: async (database, url) => {
      if (engine === 'sqlite') return (opened = database);
      proxy = await openPostgresProxy(url);
      return (opened = await openDatabase({ url: proxy.url, logger: silentLogger }));
    },
    begin: async () => {
      if (proxy === undefined) await opened?.close();
      else proxy.cut();
    },
    end: () => proxy?.restore(),
    close: async () => {
      proxy?.restore();
      await opened?.close();
      await proxy?.close();
    },
  };
}

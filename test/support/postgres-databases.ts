import pg from 'pg';

/** Creates a database of a server, empty or as a copy, and returns its URL. */
export async function createPostgresDatabase(
  serverUrl: string,
  { name, template = 'template1' }: { name: string; template?: string },
): Promise<string> {
  await asAdmin(serverUrl, `create database ${name} template ${template}`);
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  return url.href;
}

/** Connections to a database beside the program's own. Those that are still closing when it is removed are ended. */
export function openTestPool(url: string): pg.Pool {
  const pool = new pg.Pool({ connectionString: url });
  pool.on('connect', (client) => client.on('error', () => undefined));
  return pool;
}

/** Removes a database with all connections to it. */
export async function dropPostgresDatabase(serverUrl: string, name: string): Promise<void> {
  await asAdmin(serverUrl, `drop database ${name} with (force)`);
}

async function asAdmin(serverUrl: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: serverUrl });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

import { flushCompileCache } from 'node:module';

/**
 * Loads the server in parts. What Node reads from its compile cache stays in memory until the cache is flushed, 8 MiB
 * for the whole
 * server. So each part flushes it, and the next part uses that memory again.
 */
export async function loadServer(): Promise<{ serve(): Promise<void> }> {
  const parts = [
    () => import('./contract/api.ts'),
    () => import('./http/http-server.ts'),
    () => import('./storage/migrations/migrate.ts'),
    () => import('./oidc/relying-party.ts'),
    () => import('./serve.ts'),
  ];
  for (const load of parts) {
    await load();
    flushCompileCache();
  }
  return import('./serve.ts');
}

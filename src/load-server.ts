import { flushCompileCache } from 'node:module';

/**
 * Loads the server part by part. What Node has read from its compile cache stays in memory until that is flushed, 8 MiB
 * for the whole server; so each part gives it back, and the next one uses that memory.
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

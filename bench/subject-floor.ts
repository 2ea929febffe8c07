import { join } from 'node:path';

import type { Subject } from './subject.ts';

/** The floor needs no rows: it accepts any organization's identity provider. */
export const floor: Subject = {
  name: 'floor',
  signIn: 'sign-in',
  prepare: async () => ({ adminToken: '' }),
  program: (site) => ({
    file: join(import.meta.dirname, 'floor.ts'),
    environment: { DATABASE_URL: site.databaseUrl, BENCH_IDP_ORIGIN: site.idpOrigin, PORT: String(site.port) },
    logFile: join(site.directory, 'floor.log'),
  }),
};

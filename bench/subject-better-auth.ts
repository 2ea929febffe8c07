import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { runToEnd } from './server-process.ts';
import type { Site, Subject } from './subject.ts';

const folder = join(import.meta.dirname, 'better-auth');

/** better-auth with `@better-auth/sso`, which has its own folder and its own lock file. */
export const betterAuth: Subject = {
  name: 'better-auth',
  signIn: 'better-auth-sign-in',
  async prepare(site) {
    install();
    await runToEnd({
      file: join(folder, 'seed.mjs'),
      environment: environment(site),
      logFile: join(site.directory, 'better-auth-seed.log'),
    });
    return { adminToken: '' };
  },
  program: (site) => ({
    file: join(folder, 'server.mjs'),
    environment: environment(site),
    logFile: join(site.directory, 'better-auth.log'),
  }),
};

function environment({ databaseUrl, origin, port, idpOrigin, population }: Site): Record<string, string> {
  return {
    NODE_ENV: 'production',
    DATABASE_URL: databaseUrl,
    PORT: String(port),
    BENCH_SUBJECT_ORIGIN: origin,
    BENCH_IDP_ORIGIN: idpOrigin,
    BENCH_ORGANIZATIONS: String(population.organizations),
    BENCH_PEOPLE: String(population.knownPeoplePerOrganization),
  };
}

// Its plugin requires exact versions of packages that its core has in newer versions, so npm must ignore the peer
// dependencies.
function install(): void {
  if (existsSync(join(folder, 'node_modules', '.package-lock.json'))) return;
  process.stderr.write('bench: installing better-auth\n');
  execFileSync('npm', ['ci', '--legacy-peer-deps', '--ignore-scripts'], { cwd: folder, stdio: ['ignore', 2, 2] });
}

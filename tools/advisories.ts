import { join } from 'node:path';

import { accepted } from './advisories/accepted.ts';
import { judgeHoles } from './advisories/judge-holes.ts';
import { readHoles } from './advisories/read-holes.ts';

// Requests known vulnerabilities of the packages in package-lock.json from the registry. Fails for a serious one in the
// server's own dependencies. If the registry is unreachable or has no advisories, it reports that and succeeds.
const root = process.argv[2] ?? join(import.meta.dirname, '..');
const found = readHoles(root);
if (found.kind === 'untold') {
  console.log(`skipped: the registry reports no advisories (${found.why})`);
} else {
  const { serious, others, outdated } = judgeHoles(found.holes, accepted, new Date().toISOString());
  for (const { id, name, severity, title, isShipped } of others) {
    console.log(`known: ${id} ${name}, ${severity}${isShipped ? '' : ', of the tools alone'}: ${title}`);
  }
  for (const { id, name, severity, title } of serious) console.error(`FAILED: ${id} ${name}, ${severity}: ${title}`);
  for (const { id, until } of outdated) console.error(`FAILED: ${id} was accepted until ${until}`);
  const failed = serious.length + outdated.length;
  console.log(
    failed === 0 ? 'no serious vulnerability is known' : `${failed} to fix, or to accept with a reason and a day`,
  );
  process.exitCode = failed === 0 ? 0 : 1;
}

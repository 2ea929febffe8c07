// Installs what an npm script needs and this machine lacks: the packages of package-lock.json, and for the tests (`--tests`)
// a Chromium and a second OpenID provider. Everything stays in the project's folder. It says first what it will install.

import { chromium } from './ensure/chromium.mjs';
import { glewlwyd } from './ensure/glewlwyd.mjs';
import { Refusal, say } from './ensure/host.mjs';
import { packages } from './ensure/packages.mjs';

try {
  const wanted = process.argv.includes('--tests') ? [packages, chromium, glewlwyd] : [packages];
  const missing = wanted.filter((part) => !part.isPresent());
  if (missing.length > 0) {
    say(`about to install, in this folder only:\n${missing.map((part) => `  - ${part.description}`).join('\n')}`);
    if (missing.some((part) => part !== packages)) say('to run the tests with what is here instead: npx vitest run');
  }
  for (const part of missing) part.install();
} catch (error) {
  if (!(error instanceof Refusal)) throw error;
  say(error.message);
  process.exitCode = 1;
}

import { dirname } from 'node:path';

import { DemoProblem } from './demo/demo-problem.ts';
import { readDemoSettings } from './demo/demo-settings.ts';
import { runDemo } from './demo/run-demo.ts';

// `npm run demo`: Sallyport on SQLite in ./data, the practice identity provider, and an organization with users who can
// sign in.

const stopSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

try {
  process.exitCode = await runDemo({
    settings: readDemoSettings(process.env),
    folder: dirname(import.meta.dirname),
    env: process.env,
    print: (text) => console.log(text),
    onStopRequest: (callback) => stopSignals.forEach((signal) => process.on(signal, callback)),
  });
} catch (error) {
  if (!(error instanceof DemoProblem)) throw error;
  console.error(`\n${error.message}\n`);
  process.exitCode = 1;
}

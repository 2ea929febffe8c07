import { dirname } from 'node:path';

import { DemoProblem } from './demo/demo-problem.ts';
import { runDev } from './dev/run-dev.ts';

// `npm run dev`: the server and the practice identity provider, restarted when their source changes. `npm run dev -- --inspect`
// opens the server's debugger.

const stopSignals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

try {
  process.exitCode = await runDev({
    root: dirname(import.meta.dirname),
    env: process.env,
    nodeOptions: process.argv.slice(2),
    print: (text) => console.log(text),
    onStopRequest: (callback) => stopSignals.forEach((signal) => process.on(signal, callback)),
  });
} catch (error) {
  if (!(error instanceof DemoProblem)) throw error;
  console.error(`\n${error.message}\n`);
  process.exitCode = 1;
}

/**
 * Measures Sallyport, better-auth and the floor and prints a report in Markdown. Every server, the fake identity
 * provider and the driver
 * that simulates browsers is a process of its own. All traffic stays on the loopback interface.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { startDriver } from './driver-process.ts';
import { describeMachine } from './machine.ts';
import { measureBeside } from './measure-beside.ts';
import { measureSetting, type Stage } from './measure-setting.ts';
import type { Footprint, Sample } from './measurement.ts';
import { readOptions, usage, type BenchOptions } from './options.ts';
import { startPostgres } from './postgres.ts';
import { report } from './report.ts';
import { startServer } from './server-process.ts';
import { betterAuth } from './subject-better-auth.ts';
import { floor } from './subject-floor.ts';
import { sallyport } from './subject-sallyport.ts';
import { failures } from './summary.ts';

const subjects = [sallyport, betterAuth, floor];

// Explicit, because the exit hook of the PostgreSQL package would make it 0.
process.exit(await main(process.argv.slice(2)));

async function main(argv: readonly string[]): Promise<number> {
  let options: BenchOptions;
  try {
    options = readOptions(argv);
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
    return 2;
  }
  const directory = mkdtempSync(join(tmpdir(), 'sallyport-bench-'));
  let exitCode = 1;
  try {
    exitCode = options.isBeside ? await measureBeside(options, directory) : await measureAll(options, directory);
  } finally {
    if (exitCode === 0) rmSync(directory, { recursive: true, force: true });
    else process.stderr.write(`The logs and databases are in ${directory}\n`);
  }
  return exitCode;
}

async function measureAll(options: BenchOptions, directory: string): Promise<number> {
  const startMs = performance.now();
  const chosen = subjects.filter(({ name }) => options.subjects.includes(name));
  const postgres = options.engines.includes('postgres') ? await startPostgres() : undefined;
  const machine = describeMachine(postgres?.version);
  const idp = await startServer({
    file: join(import.meta.dirname, 'fake-idp.ts'),
    environment: {},
    logFile: join(directory, 'fake-idp.log'),
  });
  const driver = startDriver();
  const tell = (line: string): void => {
    process.stderr.write(`bench ${((performance.now() - startMs) / 1000).toFixed(0).padStart(4)} s: ${line}\n`);
  };
  const stage: Stage = { options, directory, idp, driver, postgres, tell };
  const samples: Sample[] = [];
  const footprints: Footprint[] = [];
  try {
    for (const engine of options.engines) {
      for (const organizations of options.organizations) {
        const measured = await measureSetting(stage, chosen, { engine, organizations });
        samples.push(...measured.samples);
        footprints.push(...measured.footprints);
      }
    }
  } finally {
    driver.stop();
    await idp.stop();
    await postgres?.stop();
  }
  const measurements = { samples, footprints };
  if (options.jsonFile !== undefined) {
    mkdirSync(dirname(options.jsonFile), { recursive: true });
    writeFileSync(options.jsonFile, `${JSON.stringify({ machine, options, ...measurements }, null, 2)}\n`);
  }
  process.stdout.write(report(measurements, machine, options));
  const failed = failures(measurements);
  for (const line of failed) process.stderr.write(`FAILED ${line}\n`);
  tell(failed.length === 0 ? 'done' : 'the figures above are invalid');
  return failed.length === 0 ? 0 : 1;
}

import type { Reporter, TestModule } from 'vitest/node';

interface SkippedTest {
  readonly name: string;
  /** What the test gave to `context.skip(reason)`; a test that is switched off in its source gives none. */
  readonly reason: string | undefined;
}

interface Tally {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: readonly SkippedTest[];
}

interface CountReporterOptions {
  /** The reasons for which a test may be skipped where `forbidsOtherSkips` holds, word for word. */
  readonly allowedReasons: readonly string[];
  /** Whether a test that is skipped for any other reason fails the run. */
  readonly forbidsOtherSkips: boolean;
}

/**
 * A reporter whose last line is `N passed, N failed`, and `, N skipped` where that happened. It names each skipped test
 * and why, so that a test which never runs does not look like one that passes.
 *
 * When anything failed, the process ends with 1, whatever else in it wants to end it with.
 *
 * Whatever fails outside of a test counts as one failure: a file that cannot be loaded, a hook, an error that nobody
 * caught, and a run that never began.
 */
export function createCountReporter({ allowedReasons, forbidsOtherSkips }: CountReporterOptions): Reporter {
  let lines: readonly string[] = [countLine({ passed: 0, failed: 1, skipped: [] })];
  let hasFailed = true;
  return {
    // Vitest and its set-up still write after the end of a run, so the last line is written when the process ends.
    onInit: () => {
      process.once('exit', () => {
        process.stdout.write(`${lines.join('\n')}\n`);
        // A set-up that ends the process in a hook of its own does so with 0.
        if (hasFailed) process.exitCode = 1;
      });
    },
    onTestRunEnd: (modules, unhandledErrors, reason) => {
      const counted = count(modules, unhandledErrors.length);
      // A set-up that fails ends the run with nothing to count.
      const tally = reason === 'passed' || counted.failed > 0 ? counted : { ...counted, failed: 1 };
      const forbidden = forbidsOtherSkips
        ? tally.skipped.filter((test) => test.reason === undefined || !allowedReasons.includes(test.reason))
        : [];
      hasFailed = tally.failed + forbidden.length > 0;
      lines = [
        ...tally.skipped.map((test) => `skipped: ${test.name} (${test.reason ?? 'no reason given'})`),
        ...forbidden.map(({ name }) => `failed: ${name} may not be skipped for that reason`),
        countLine({ ...tally, failed: tally.failed + forbidden.length }),
      ];
    },
  };
}

function count(modules: readonly TestModule[], unhandledErrorCount: number): Tally {
  const tests = modules.flatMap((module) => [...module.children.allTests()].map((test) => ({ module, test })));
  const states = tests.map(({ test }) => test.result().state);
  // Errors of a block or a file are those of its loading and of its hooks; those of its tests are not among them.
  const blocks = modules.flatMap((module) => [module, ...module.children.allSuites()]);
  const skipped = tests.flatMap(({ module, test }) => {
    const result = test.result();
    return result.state === 'skipped'
      ? [{ name: `${module.relativeModuleId} > ${test.fullName}`, reason: result.note }]
      : [];
  });
  return {
    passed: states.filter((state) => state === 'passed').length,
    failed:
      states.filter((state) => state === 'failed' || state === 'pending').length +
      blocks.filter((block) => block.errors().length > 0).length +
      unhandledErrorCount,
    skipped,
  };
}

function countLine({ passed, failed, skipped }: Tally): string {
  const counts = `${passed} passed, ${failed} failed`;
  return skipped.length > 0 ? `${counts}, ${skipped.length} skipped` : counts;
}

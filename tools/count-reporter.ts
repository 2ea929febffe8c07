import type { Reporter, TestModule } from 'vitest/node';

interface SkippedTest {
  readonly name: string;
  /** The argument of the test's `context.skip(reason)`; a test that is skipped in its source has none. */
  readonly reason: string | undefined;
}

interface Tally {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: readonly SkippedTest[];
}

interface CountReporterOptions {
  /** The only permitted skip reasons where `forbidsOtherSkips` is set, word for word. */
  readonly allowedReasons: readonly string[];
  /** Whether a test that is skipped for any other reason fails the run. */
  readonly forbidsOtherSkips: boolean;
}

/**
 * A reporter whose last line is `N passed, N failed`, and `, N skipped` if tests were skipped. It lists each skipped
 * test with its reason, so that a test that never runs does not look like a passed one.
 *
 * If anything failed, the process exits with 1, even if another exit code was set.
 *
 * A failure outside a test counts as one failure: a file that cannot be loaded, a hook, an uncaught error, and a run
 * that never started.
 */
export function createCountReporter({ allowedReasons, forbidsOtherSkips }: CountReporterOptions): Reporter {
  let lines: readonly string[] = [countLine({ passed: 0, failed: 1, skipped: [] })];
  let hasFailed = true;
  return {
    // Vitest and its setup still print after the end of a run, so the last line is printed when the process exits.
    onInit: () => {
      process.once('exit', () => {
        process.stdout.write(`${lines.join('\n')}\n`);
        // A setup whose exit hook ends the process would exit with 0.
        if (hasFailed) process.exitCode = 1;
      });
    },
    onTestRunEnd: (modules, unhandledErrors, reason) => {
      const counted = count(modules, unhandledErrors.length);
      // A setup that fails ends the run without any test to count.
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
  // The errors of a block or a file come from its loading and its hooks, not from its tests.
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

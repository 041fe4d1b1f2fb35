import type { Reporter, TestCase, TestModule, Vitest } from 'vitest/node';

/**
 * Names every test that could not run, and why, after the last one. Under CI=true a skipped test fails the run, unless
 * only pictures were missing: what was not tested must not look as if it had passed.
 */
export class ReportMissing implements Reporter {
  private isFiltered = false;

  onInit(vitest: Vitest): void {
    // `vitest -t name` marks every other test as skipped; the person who typed it knows.
    this.isFiltered = vitest.config.testNamePattern !== undefined;
  }

  onTestRunEnd(testModules: readonly TestModule[]): void {
    const skipped = testModules
      .flatMap((module) => [...module.children.allTests('skipped')])
      .filter((test) => reasonOf(test) !== undefined || !this.isFiltered);
    if (skipped.length === 0) return;
    console.error(`\n${skipped.length} ${skipped.length === 1 ? 'test' : 'tests'} could not run:`);
    for (const test of skipped) {
      const reason = reasonOf(test) ?? 'switched off in the test file';
      console.error(`  ${test.module.relativeModuleId} > ${test.fullName}: ${reason}`);
    }
    if (process.env.CI !== 'true' || !skipped.some(isRequired)) return;
    console.error('CI=true: a run in which tests could not run has failed.');
    process.exitCode = 1;
  }
}

function reasonOf(test: TestCase): string | undefined {
  const missing = test.meta().missing ?? [];
  if (missing.length > 0) return missing.join('; ');
  const result = test.result();
  return result.state === 'skipped' ? result.note : undefined;
}

const isRequired = (test: TestCase) => test.meta().required ?? true;

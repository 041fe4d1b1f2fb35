import { defineConfig } from 'vitest/config';
import { ReportMissing } from './test/support/report-missing.js';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    // Workers and command-line tests run what is in dist/: an edit since the last build is built first.
    globalSetup: ['scripts/build.mjs'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 30_000,
    hookTimeout: 60_000,
    teardownTimeout: 10_000,
    restoreMocks: true,
    // bin/fieldscout.mjs says why.
    env: { ORT_DISABLE_TELEMETRY: '1' },
    reporters: ['default', new ReportMissing()],
  },
});

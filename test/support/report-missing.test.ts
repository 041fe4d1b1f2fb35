import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const repository = fileURLToPath(new URL('../..', import.meta.url));

/** Runs vitest on test/fixtures/skipping-run, on a machine that seems to have no ffmpeg and no pictures. */
function skippingRun(file: string, env: Record<string, string>) {
  const { status, stderr } = spawnSync(
    process.execPath,
    ['node_modules/vitest/vitest.mjs', 'run', '--config', 'test/fixtures/skipping-run/vitest.config.ts', file],
    { cwd: repository, env: { PATH: '/nonexistent', ...env }, encoding: 'utf8' },
  );
  return { status, lines: stderr.trim().split('\n') };
}

describe('the report of tests that could not run', () => {
  it('names the test and the missing program, and fails the run under CI=true', () => {
    expect(skippingRun('tools.spec.ts', { CI: 'true' })).toEqual({
      status: 1,
      lines: [
        '1 test could not run:',
        '  tools.spec.ts > video > is decoded: ffmpeg is not installed (Debian package ffmpeg)',
        'CI=true: a run in which tests could not run has failed.',
      ],
    });
  });

  it('lets the run of a person pass', () => {
    const { status, lines } = skippingRun('tools.spec.ts', {});
    expect(status).toBe(0);
    expect(lines[0]).toBe('1 test could not run:');
  });

  it('says that pictures are missing, which CI lets pass', () => {
    expect(skippingRun('pictures.spec.ts', { CI: 'true' })).toEqual({
      status: 0,
      lines: [
        '1 test could not run:',
        '  pictures.spec.ts > real leaves > are looked at: FIELDSCOUT_EVAL_DIR is not set to a folder of labelled pictures',
      ],
    });
  });

  it('fails a run in which no test file was found', () => {
    expect(skippingRun('no-such.spec.ts', {}).status).toBe(1);
  });
});

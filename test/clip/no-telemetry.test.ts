import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, expect, it } from 'vitest';
import { drawnDir, tinyClipDir } from '../support/tiny-clip.js';

const entry = fileURLToPath(new URL('../../bin/fieldscout.mjs', import.meta.url));
const dir = mkdtempSync(join(tmpdir(), 'no-telemetry-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

it('onnxruntime keeps no record for its maker: no device id, no queue of events, no log', () => {
  for (const name of ['home', 'tmp', 'work', 'cache']) mkdirSync(join(dir, name));
  const picture = join(drawnDir, 'drawn-224x224.png');
  const { status, stderr } = spawnSync(
    process.execPath,
    [entry, 'classify', '--model', tinyClipDir, picture, '--prompt', 'a moth', '--prompt', 'a bee'],
    {
      encoding: 'utf8',
      timeout: 60_000,
      cwd: join(dir, 'work'),
      // Nothing else of this environment: onnxruntime is silent by itself where CI is set.
      env: {
        PATH: process.env['PATH'],
        HOME: join(dir, 'home'),
        TMPDIR: join(dir, 'tmp'),
        FIELDSCOUT_CACHE_DIR: join(dir, 'cache'),
      },
    },
  );
  expect(status, stderr).toBe(0);
  for (const name of ['home', 'tmp', 'work']) expect(readdirSync(join(dir, name))).toEqual([]);
}, 90_000);

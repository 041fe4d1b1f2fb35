import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { buildEngineCommand } from '../../src/commands/build-engine.js';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'build-engine-'));
  return () => rm(dir, { recursive: true, force: true });
});

async function outcome(config: string): Promise<unknown> {
  const file = join(dir, 'fieldscout.yaml');
  await writeFile(file, config);
  return buildEngineCommand()
    .parseAsync(['-c', file, '--json'], { from: 'user' })
    .then(
      () => 'built',
      (error: unknown) => error,
    );
}

// A machine may have TensorRT: what is asserted is an engine or the reason why there is none.
it('builds the engine of the configured model, or says why there is none', { timeout: 120_000 }, async () => {
  const said = await outcome('model: scout-tiny\nstorage: { dir: data }\n');
  if (said !== 'built')
    expect(said).toMatchObject({ code: 'PROVIDER_UNAVAILABLE', message: expect.stringMatching(/TensorRT/) });
});

it('names a model that is not there', async () => {
  expect(await outcome('model: nowhere\n')).toMatchObject({ code: 'MODEL_UNKNOWN' });
});

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { configSchema } from '../../src/config/schema.js';
import { loadProfiles } from '../../src/devices/choose-profile.js';
import { checkProfile } from '../../src/doctor/profile-check.js';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'profiles-'));
});
afterEach(() => rm(dir, { recursive: true }));

it('names the file of a profile that is none, and goes on without a profile', async () => {
  await writeFile(join(dir, 'odd.yaml'), 'id: odd\nprovider: [cpu]\n');
  const examined = await checkProfile(configSchema.parse({ batchSize: 3 }), async () => {
    throw await loadProfiles(dir).catch((error: unknown) => error);
  });
  expect(examined.finding).toMatchObject({
    check: 'profile',
    verdict: 'fail',
    cause: 'profile-invalid',
    message: expect.stringContaining('odd.yaml:2:1'),
    remedy: 'Mend that line and try again.',
  });
  expect(examined.device).toMatchObject({
    profile: undefined,
    inference: { providers: ['cpu'], precision: 'auto', batchSize: 3 },
  });
});

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { takeStorage } from '../../src/daemon/storage-place.js';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'storage-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

it('gives a second node the next folder, and tells which one was taken', async () => {
  const first = await takeStorage(undefined, dir);
  const second = await takeStorage(undefined, dir);
  expect(first).toMatchObject({ dir: join(dir, 'fieldscout-data'), inUse: undefined });
  expect(second).toMatchObject({ dir: join(dir, 'fieldscout-data-2'), inUse: first.dir });
  first.release();
  second.release();
});

it('refuses a folder that was set and that another node has', async () => {
  const { release } = await takeStorage('data', dir);
  await expect(takeStorage('data', dir)).rejects.toMatchObject({ code: 'STORAGE_FAILED' });
  release();
});

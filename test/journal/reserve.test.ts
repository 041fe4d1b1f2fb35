import { mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Reserve } from '../../src/journal/reserve.js';

let dir: string;
let file: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'reserve-'));
  file = join(dir, 'reserve');
});
afterEach(() => rm(dir, { recursive: true, force: true }));

it('is taken once, given up, and taken again', async () => {
  const reserve = new Reserve(file);
  await reserve.take();
  const { size, mtimeMs } = await stat(file);
  expect(size).toBe(2 << 20);
  await reserve.take();
  expect((await stat(file)).mtimeMs).toBe(mtimeMs);
  await reserve.giveUp();
  expect(await readdir(dir)).toEqual([]);
  await reserve.giveUp();
  await reserve.take();
  expect((await stat(file)).size).toBe(size);
});

it('takes the whole room where only a part of it was taken', async () => {
  await writeFile(file, 'cut off');
  await new Reserve(file).take();
  expect((await stat(file)).size).toBe(2 << 20);
});

it('is no fault where there is no folder', async () => {
  const reserve = new Reserve(join(dir, 'gone', 'reserve'));
  await reserve.take();
  await reserve.giveUp();
  expect(await readdir(dir)).toEqual([]);
});

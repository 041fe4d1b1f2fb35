import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openNodeState } from '../../src/journal/node-state.js';
import { bundledModels } from '../../src/paths.js';

let dir: string;
let file: string;
let warnings: string[];
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'state-'));
  file = join(dir, 'node-state.json');
  warnings = [];
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const open = () => openNodeState(file, (line) => warnings.push(line));
const counts = (day: string) => ({
  cameras: {
    leaf: { counts: { days: { [day]: { aphid: 1 } }, lastHourMs: {} }, raised: [], position: 1_780_000_000_000.25 },
  },
});

describe('node state', () => {
  it('is empty at the first start, and outlives a restart', async () => {
    const first = await open();
    expect(first.data).toEqual({ cameras: {} });
    await first.save(counts('2026-06-01'));
    expect((await open()).data).toEqual(counts('2026-06-01'));
    expect(await readdir(dir)).toEqual(['node-state.json']);
    expect(warnings).toEqual([]);
  });

  it('is not written where nothing changed and it is there', async () => {
    const state = await open();
    await state.save(counts('a'));
    const { ino } = await stat(file);
    await state.save(counts('a'));
    expect((await stat(file)).ino).toBe(ino);
    // Somebody took it away.
    await rm(file);
    await state.save(counts('a'));
    expect(JSON.parse(await readFile(file, 'utf8'))).toEqual(counts('a'));
    await state.save(counts('b'));
    expect(JSON.parse(await readFile(file, 'utf8'))).toEqual(counts('b'));
  });

  it.each([
    ['half', '{"counts": {"leaf": {"day": "2026-0'],
    ['empty', ''],
    ['full of zeros', '\0'.repeat(100)],
    ['something else', '["a"]'],
    ['null', 'null'],
    ['no cameras', '{"cameras": null}'],
    ['counts that are none', '{"cameras": {"leaf": {"counts": {}, "raised": []}}}'],
  ])('sets a file aside that is %s, with one line, and begins anew', async (_, text) => {
    await writeFile(file, text);
    const state = await open();
    expect(state.data).toEqual({ cameras: {} });
    expect(warnings).toHaveLength(1);
    expect(warnings[0]).toMatch(/^.*node-state\.json cannot be read \(.+\); it is kept as .*\.broken-\d+ and .*$/);
    const [aside = ''] = await readdir(dir);
    expect(await readFile(join(dir, aside), 'utf8')).toBe(text);
    await state.save(counts('new'));
    expect((await open()).data).toEqual(counts('new'));
    expect(warnings).toHaveLength(1);
  });

  it('writes one after the other what is saved at once; the last one stays', async () => {
    const state = await open();
    await Promise.all(Array.from({ length: 20 }, (_, i) => state.save(counts(String(i)))));
    expect((await open()).data).toEqual(counts('19'));
  });

  it('tells a folder that cannot be written, keeps the old file, and tries again', async () => {
    const state = await open();
    await state.save(counts('old'));
    await mkdir(`${file}.tmp`);
    await expect(state.save(counts('new'))).rejects.toMatchObject({
      code: 'STORAGE_FAILED',
      message: expect.stringMatching(/^.*node-state\.json cannot be written: EISDIR.*$/) as string,
    });
    expect((await open()).data).toEqual(counts('old'));
    await rm(`${file}.tmp`, { recursive: true });
    await state.save(counts('new'));
    expect((await open()).data).toEqual(counts('new'));
  });

  it('never writes a change that was refused, not with a later one either', async () => {
    const state = await open();
    await state.save(counts('before'));
    // Where the temporary file goes there is a folder: the write fails.
    await mkdir(`${file}.tmp`);
    const refused = state.save({ identity: 'farm/a/b' });
    await expect(refused).rejects.toMatchObject({ code: 'STORAGE_FAILED' });
    await rm(`${file}.tmp`, { recursive: true });
    await state.save(counts('after'));
    expect((await open()).data).toEqual(counts('after'));

    await mkdir(`${file}.tmp`);
    const both = await Promise.allSettled([state.save({ identity: 'farm/a/b' }), state.save(counts('never'))]);
    expect(both.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(state.data).toEqual(counts('after'));
    await rm(`${file}.tmp`, { recursive: true });
    await state.save({ budget: { hour: { sinceMs: 1, bytes: 2 }, day: { sinceMs: 1, bytes: 2 } } });
    expect((await open()).data).not.toHaveProperty('identity');
  });

  it('can be read after each of ten kills in the middle of saving', async () => {
    const script = fileURLToPath(new URL('save-for-ever.mjs', import.meta.url));
    const built = pathToFileURL(join(bundledModels, '../dist/journal/node-state.js')).href;
    for (let round = 0; round < 10; round += 1) {
      const child = spawn(process.execPath, [script, built, file], { stdio: ['ignore', 'pipe', 'inherit'] });
      let told = '';
      child.stdout.on('data', (chunk: Buffer) => {
        told += chunk.toString();
        // Another point of the write each round.
        if (told.split('\n').length > 3) setTimeout(() => child.kill('SIGKILL'), round);
      });
      await once(child, 'close');
      expect(child.signalCode).toBe('SIGKILL');
      const { data } = await open();
      const counts = data.cameras.leaf?.counts;
      expect(counts?.lastHourMs.aphid).toHaveLength(5_000);
      const lastTold = Number(told.trim().split('\n').at(-1));
      const [day = ''] = Object.keys(counts?.days ?? {});
      expect(Number(day.replace('day ', ''))).toBeGreaterThanOrEqual(lastTold);
    }
    expect(warnings).toEqual([]);
  });
});

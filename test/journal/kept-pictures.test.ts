import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { KeptPictures, type PictureSettings } from '../../src/journal/kept-pictures.js';

let dir: string;
let deleted: (readonly [number, number])[];
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'kept-'));
  deleted = [];
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const DAY_MS = 86_400_000;
let nowMs = Date.now();

async function open(maxBytes = 1000, limits: Partial<PictureSettings> = {}): Promise<KeptPictures> {
  const onDeleted = (paths: readonly string[], bytes: number) => deleted.push([paths.length, bytes]);
  const now = () => nowMs;
  const pictures = new KeptPictures({
    ...{ dir, maxBytes, maxDays: 0, minFreeBytes: 0, onDeleted, now },
    onFault: (path) => expect.fail(path),
    ...limits,
  });
  await pictures.open();
  await pictures.written();
  return pictures;
}

const picture = (fill: string, bytes = 300) => Buffer.alloc(bytes, fill);
const nameOf = (jpeg: Buffer) => `${createHash('sha256').update(jpeg).digest('hex')}.jpg`;
const there = async () => (await readdir(dir, { recursive: true })).filter((name) => name.includes('.jpg')).sort();

describe('KeptPictures', () => {
  it('keeps a picture by camera and content', async () => {
    const pictures = await open();
    const kept = await pictures.keep('leaf', picture('a'));
    const name = nameOf(picture('a'));
    expect(kept).toEqual({ path: join('leaf', name), sha256: name.slice(0, 64), bytes: 300 });
    expect(await readFile(join(dir, 'leaf', name))).toEqual(picture('a'));
  });

  it('keeps the same picture of a camera once', async () => {
    const pictures = await open(700);
    await pictures.keep('leaf', picture('a'));
    await pictures.keep('leaf', picture('a'));
    await pictures.keep('leaf', picture('b'));
    expect(await there()).toHaveLength(2);
    expect(deleted).toEqual([]);
  });

  it('deletes the oldest beyond the limit and says how much', async () => {
    const pictures = await open(1000);
    for (const fill of ['a', 'b', 'c']) await pictures.keep('leaf', picture(fill));
    expect(deleted).toEqual([]);
    await pictures.keep('trap', picture('d', 500));
    expect(deleted).toEqual([[2, 600]]);
    expect(await there()).toEqual([join('leaf', nameOf(picture('c'))), join('trap', nameOf(picture('d', 500)))].sort());
  });

  it('goes by age over a restart, and keeps to a limit that was lowered', async () => {
    const first = await open(1000);
    const names = [];
    for (const fill of ['a', 'b', 'c']) names.push((await first.keep('leaf', picture(fill)))?.path);
    const [a, b, c] = names as [string, string, string];
    await utimes(join(dir, a), new Date(3000), new Date(3000));
    await utimes(join(dir, b), new Date(1000), new Date(1000));
    await utimes(join(dir, c), new Date(2000), new Date(2000));
    await open(700);
    expect(deleted).toEqual([[1, 300]]);
    expect(await there()).toEqual([a, c].sort());
  });

  it('clears away what a power cut left half-written', async () => {
    await mkdir(join(dir, 'leaf'));
    await writeFile(join(dir, 'leaf', 'half.jpg.tmp'), 'ha');
    await open();
    expect(await there()).toEqual([]);
  });

  it('counts what is there beside the work, and a picture that comes meanwhile is kept after it', async () => {
    const first = await open(1_000_000);
    for (let i = 0; i < 200; i += 1) await first.keep('leaf', picture(`${i}`, 200 + i));
    const second = new KeptPictures({
      ...{ dir, maxBytes: 400, maxDays: 0, minFreeBytes: 0, now: () => nowMs },
      onDeleted: (paths) => deleted.push([paths.length, 0]),
      onFault: (path) => expect.fail(path),
    });
    await second.open();
    expect((await there()).length).toBe(200);
    const kept = await second.keep('trap', picture('new', 390));
    expect(await there()).toEqual([kept?.path]);
  });

  it('passes over what can be neither counted nor deleted, tells it, and holds the others to the limit', async () => {
    await mkdir(join(dir, 'leaf', 'odd.jpg', 'inside'), { recursive: true });
    const faults: string[] = [];
    const pictures = await open(400, { onFault: (path) => faults.push(path) });
    await pictures.keep('leaf', picture('a'));
    await pictures.keep('leaf', picture('b'));
    expect((await there()).filter((name) => !name.includes('odd.jpg'))).toEqual([join('leaf', nameOf(picture('b')))]);
    expect(faults).toContain(join(dir, 'leaf', 'odd.jpg'));
  });

  it('leaves other files alone', async () => {
    await writeFile(join(dir, 'README'), 'x'.repeat(5000));
    const pictures = await open(400);
    await pictures.keep('leaf', picture('a'));
    await pictures.keep('leaf', picture('b'));
    expect(await readdir(dir)).toContain('README');
    expect(deleted).toEqual([[1, 300]]);
  });

  it('keeps nothing where the limit is 0', async () => {
    const pictures = await open(0);
    await pictures.keep('leaf', picture('a'));
    expect(await there()).toEqual([]);
  });
});

describe('limits', () => {
  it('delete what is too old, but not while the clock is known to be wrong', async () => {
    const pictures = await open(10_000, { maxDays: 7 });
    nowMs = Date.UTC(2026, 5, 1);
    await pictures.keep('leaf', picture('a'));
    nowMs += 5 * DAY_MS;
    await pictures.keep('leaf', picture('b'));
    nowMs += 3 * DAY_MS;
    await pictures.tidy(false);
    expect(await there()).toHaveLength(2);
    await pictures.tidy(true);
    expect(await there()).toEqual([join('leaf', nameOf(picture('b')))]);
  });

  it('keep nothing more on a disk below its floor, and count it', async () => {
    const pictures = await open(10_000, { minFreeBytes: Number.MAX_SAFE_INTEGER });
    expect(await pictures.keep('leaf', picture('a'))).toBeUndefined();
    expect(pictures.isDiskLow).toBe(true);
    expect(pictures.notKept).toEqual({ 'disk-low': 1, 'disk-slow': 0 });
    expect(await there()).toEqual([]);
  });

  it('let go of what a slow disk leaves waiting, and count it', async () => {
    const pictures = await open(1_000_000);
    const all = Array.from({ length: 100 }, (_, i) => pictures.keep('leaf', picture(`${i}`, 100 + i)));
    const kept = (await Promise.all(all)).filter((one) => one !== undefined);
    expect(kept).toHaveLength(64);
    expect(pictures.notKept['disk-slow']).toBe(36);
    expect(await there()).toHaveLength(64);
  });
});

describe('a full disk', () => {
  it('is told, leaves no partial file, and is used again once there is space', async (context) => {
    const mount = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', dir], { encoding: 'utf8' });
    if (mount.status !== 0) {
      const reason = mount.error?.message ?? mount.stderr.trim();
      context.task.meta.missing = [`no small file system can be mounted here (${reason})`];
      context.task.meta.required = false;
      context.skip();
    }
    try {
      const pictures = await open(1_000_000);
      const first = await pictures.keep('leaf', picture('a', 30_000));
      await expect(pictures.keep('leaf', picture('b', 100_000))).rejects.toMatchObject({ code: 'ENOSPC' });
      expect(await there()).toEqual([first?.path]);
      const second = await pictures.keep('leaf', picture('c', 10_000));
      expect(await there()).toEqual([first?.path, second?.path].sort());
    } finally {
      spawnSync('umount', [dir]);
    }
  });
});

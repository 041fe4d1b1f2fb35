import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { KeptPictures } from '../../src/journal/kept-pictures.js';

let dir: string;
let deleted: (readonly [number, number])[];
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'kept-'));
  deleted = [];
});
afterEach(() => rm(dir, { recursive: true, force: true }));

async function open(maxBytes = 1000): Promise<KeptPictures> {
  const pictures = new KeptPictures(dir, maxBytes, (count, bytes) => deleted.push([count, bytes]));
  await pictures.open();
  return pictures;
}

const picture = (fill: string, bytes = 300) => Buffer.alloc(bytes, fill);
const nameOf = (jpeg: Buffer) => `${createHash('sha256').update(jpeg).digest('hex')}.jpg`;
const there = async () => (await readdir(dir, { recursive: true })).filter((name) => name.includes('.jpg')).sort();

describe('KeptPictures', () => {
  it('keeps a picture by camera and content', async () => {
    const pictures = await open();
    const name = await pictures.keep('leaf', picture('a'));
    expect(name).toBe(join('leaf', nameOf(picture('a'))));
    expect(await readFile(join(dir, name))).toEqual(picture('a'));
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
    for (const fill of ['a', 'b', 'c']) names.push(await first.keep('leaf', picture(fill)));
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
      expect(await there()).toEqual([first]);
      const second = await pictures.keep('leaf', picture('c', 10_000));
      expect(await there()).toEqual([first, second].sort());
    } finally {
      spawnSync('umount', [dir]);
    }
  });
});

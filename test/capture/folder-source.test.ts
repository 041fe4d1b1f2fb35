import { mkdir, mkdtemp, rename, rm, stat, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FolderSource } from '../../src/capture/folder-source.js';
import type { CapturedFrame } from '../../src/types.js';
import { hastyClock, Recorder } from './recorder.js';

let dir: string;
let report: Recorder;
let stop: AbortController;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'pictures-'));
  report = new Recorder();
  stop = new AbortController();
});
afterEach(async () => {
  stop.abort();
  await rm(dir, { recursive: true, force: true });
});

const put = (name: string, text: string) => writeFile(join(dir, name), text);

function frames(loop = false): AsyncIterator<CapturedFrame> {
  return sourceSince(undefined, loop).iterator;
}

function sourceSince(since: number | undefined, loop = false) {
  const source = new FolderSource({ camera: 'leaf', dir, intervalMs: 10, loop, since }, hastyClock);
  return { source, iterator: source.frames(stop.signal, report)[Symbol.asyncIterator]() };
}

/** Change times tell files apart that were written some milliseconds one after the other. */
const aMoment = () => new Promise((resolve) => setTimeout(resolve, 30));

async function take(iterator: AsyncIterator<CapturedFrame>, count: number): Promise<string[]> {
  const taken: string[] = [];
  while (taken.length < count) {
    const { value, done } = await iterator.next();
    if (done) break;
    taken.push(`${value.origin}=${Buffer.from(value.bytes).toString()}`);
  }
  return taken;
}

describe('FolderSource', () => {
  it('gives the pictures that are there by name, then new ones as they come, and nothing else', async () => {
    await put('b.jpg', '2');
    await put('a.PNG', '1');
    await put('notes.txt', 'x');
    const iterator = frames();
    expect(await take(iterator, 2)).toEqual(['a.PNG=1', 'b.jpg=2']);
    const next = take(iterator, 1);
    await put('c.webp', '3');
    expect(await next).toEqual(['c.webp=3']);
    expect(report.states).toEqual(['online']);
    expect(report.drops).toEqual([]);
  });

  it('gives a picture again that was written anew', async () => {
    await put('a.jpg', 'old');
    const iterator = frames();
    expect(await take(iterator, 1)).toEqual(['a.jpg=old']);
    const next = take(iterator, 1);
    await put('a.jpg', 'newer');
    expect(await next).toEqual(['a.jpg=newer']);
  });

  it('waits for a picture that still grows, the first one of an empty folder too', async () => {
    let now = 0;
    const looks: (() => Promise<void>)[] = [
      () => put('a.jpg', 'ha'),
      () => put('a.jpg', 'half'),
      () => put('a.jpg', 'half and half'),
    ];
    const clock = {
      now: () => now,
      async wait(ms: number) {
        now += ms;
        await looks.shift()?.();
      },
    };
    const source = new FolderSource({ camera: 'leaf', dir, intervalMs: 1000, loop: false }, clock);
    const iterator = source.frames(stop.signal, report)[Symbol.asyncIterator]();
    expect(await take(iterator, 1)).toEqual(['a.jpg=half and half']);
    expect(now).toBe(4000);
  });

  it('begins again after the last picture where it loops', async () => {
    await put('a.jpg', '1');
    await put('b.jpg', '2');
    const iterator = frames(true);
    expect(await take(iterator, 5)).toEqual(['a.jpg=1', 'b.jpg=2', 'a.jpg=1', 'b.jpg=2', 'a.jpg=1']);
  });

  it('reports a picture that was deleted meanwhile and goes on', async () => {
    await put('a.jpg', '1');
    await put('b.jpg', '2');
    await put('c.jpg', '3');
    const iterator = frames();
    expect(await take(iterator, 1)).toEqual(['a.jpg=1']);
    await rm(join(dir, 'b.jpg'));
    expect(await take(iterator, 1)).toEqual(['c.jpg=3']);
    expect(report.drops).toHaveLength(1);
    expect(report.drops[0]).toContain(`unreadable: ${join(dir, 'b.jpg')} cannot be read`);
  });

  it('reports once what only looks like a picture', async () => {
    await mkdir(join(dir, 'folder.jpg'));
    await symlink(join(dir, 'nowhere'), join(dir, 'link.jpg'));
    await symlink(join(dir, 'loop.jpg'), join(dir, 'loop.jpg'));
    await put('z.jpg', '1');
    const iterator = frames();
    expect(await take(iterator, 1)).toEqual(['z.jpg=1']);
    const next = take(iterator, 1);
    await put('zz.jpg', '2');
    expect(await next).toEqual(['zz.jpg=2']);
    expect(report.drops.map((line) => /(\w+\.jpg) cannot be read/.exec(line)?.[1])).toEqual([
      'folder.jpg',
      'link.jpg',
      'loop.jpg',
    ]);
    expect(report.states).toEqual(['online']);
  });

  it('is offline while the folder is away, and gives only what is new once it is back', async () => {
    await put('a.jpg', '1');
    const iterator = frames();
    expect(await take(iterator, 1)).toEqual(['a.jpg=1']);
    await rename(dir, `${dir}-away`);
    const next = take(iterator, 1);
    await expect.poll(() => report.states.length).toBe(2);
    expect(report.states[1]).toMatch(/^offline: the folder .* cannot be read: ENOENT/);
    await writeFile(join(`${dir}-away`, 'b.jpg'), '2');
    await rename(`${dir}-away`, dir);
    expect(await next).toEqual(['b.jpg=2']);
    expect(report.states.at(-1)).toBe('online');
  });

  describe('after a restart', () => {
    it('gives only what came meanwhile, also a copied file with its old time', async () => {
      await put('b.jpg', '1');
      await put('c.jpg', '2');
      const before = sourceSince(undefined);
      expect(before.source.position).toBeUndefined();
      // The third is asked for, and never comes: only then is the second one done with.
      expect(await take(before.iterator, 2)).toEqual(['b.jpg=1', 'c.jpg=2']);
      void before.iterator.next();
      const { ctimeMs } = await stat(join(dir, 'c.jpg'));
      await expect.poll(() => before.source.position).toBe(ctimeMs);
      stop.abort();
      await aMoment();
      await put('a.jpg', '3');
      await utimes(join(dir, 'a.jpg'), 1, 1);
      stop = new AbortController();
      const after = sourceSince(ctimeMs);
      expect(after.source.position).toBe(ctimeMs);
      expect(await take(after.iterator, 1)).toEqual(['a.jpg=3']);
      const next = take(after.iterator, 1);
      await put('d.jpg', '4');
      expect(await next).toEqual(['d.jpg=4']);
    });

    it('goes on with what still waited, and takes again the one that the stop cut short', async () => {
      for (const name of ['a', 'b', 'c']) {
        await put(`${name}.jpg`, name);
        await aMoment();
      }
      const before = sourceSince(undefined);
      expect(await take(before.iterator, 2)).toEqual(['a.jpg=a', 'b.jpg=b']);
      stop.abort();
      expect(await take(before.iterator, 1)).toEqual([]);
      stop = new AbortController();
      expect(await take(sourceSince(before.source.position).iterator, 2)).toEqual(['b.jpg=b', 'c.jpg=c']);
    });

    it('leaves out none that changed before the ones given on, but waited behind them', async () => {
      await put('z.jpg', 'first');
      await aMoment();
      await put('a.jpg', 'second');
      const before = sourceSince(undefined);
      expect(await take(before.iterator, 2)).toEqual(['a.jpg=second', 'z.jpg=first']);
      stop.abort();
      await before.iterator.next();
      stop = new AbortController();
      expect(await take(sourceSince(before.source.position).iterator, 2)).toEqual(['a.jpg=second', 'z.jpg=first']);
    });

    it('has no place where it loops', async () => {
      await put('a.jpg', '1');
      const { source, iterator } = sourceSince(undefined, true);
      await take(iterator, 2);
      expect(source.position).toBeUndefined();
    });
  });

  it('sees one of many written anew, although it looks at only some again each time', async () => {
    const names = Array.from({ length: 600 }, (_, i) => `${String(i).padStart(3, '0')}.jpg`);
    await Promise.all(names.map((name) => put(name, 'x')));
    const { iterator } = sourceSince(undefined);
    await take(iterator, 600);
    const next = take(iterator, 1);
    await put('599.jpg', 'anew');
    expect(await next).toEqual(['599.jpg=anew']);
  });

  it('ends when it is aborted, while it waits for pictures', async () => {
    const ended = take(frames(), 1);
    await expect.poll(() => report.states).toEqual(['online']);
    stop.abort();
    expect(await ended).toEqual([]);
  });

  it('tells camera, file and time of each frame', async () => {
    await put('a.jpg', '1');
    const clock = { now: () => 1_780_000_000_000, wait: () => Promise.resolve() };
    const source = new FolderSource({ camera: 'trap', dir, intervalMs: 10, loop: false }, clock);
    const { value } = await source.frames(stop.signal, report)[Symbol.asyncIterator]().next();
    expect(value).toEqual({
      camera: 'trap',
      origin: 'a.jpg',
      capturedAtMs: 1_780_000_000_000,
      bytes: Buffer.from('1'),
    });
  });
});

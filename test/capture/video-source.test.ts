import { execFileSync } from 'node:child_process';
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { expect, it, vi } from 'vitest';
import { openSource } from '../../src/capture/open-source.js';
import { systemClock } from '../../src/capture/pace.js';
import { needs } from '../support/needs.js';
import { RECOVERY_MS, StreamWatch } from './stream-watch.js';

it('plays a video file to its end, or again and again', { ...needs('ffmpeg'), timeout: 60_000 }, async () => {
  const dir = mkdtempSync(join(tmpdir(), 'video-'));
  const name = "-it's: a leaf.avi";
  const made = ['-loglevel', 'error', '-f', 'lavfi', '-i', 'testsrc=size=160x120:rate=10:duration=1', '-c:v', 'mjpeg'];
  execFileSync('ffmpeg', [...made, `file:${join(dir, name)}`]);
  const open = (kind: string) =>
    openSource({ camera: 'leaf', source: `${kind}:${name}`, intervalMs: 100, baseDir: dir }, systemClock);
  let played = 0;
  const report = { dropped: () => undefined, state: () => undefined };
  for await (const frame of open('video').frames(new AbortController().signal, report)) {
    played += 1;
    expect(frame.origin).toBe(join(dir, name));
  }
  expect(played).toBeGreaterThan(0);
  expect(played).toBeLessThanOrEqual(11);
  const watch = new StreamWatch(open('video-loop'));
  await watch.more(15);
  expect(watch.report.states).toEqual(['online']);
  await watch.end();
  rmSync(dir, { recursive: true });
});

it('waits for a video that is not there or is none, and plays one of another size in its place', {
  ...needs('ffmpeg'),
  timeout: 120_000,
}, async () => {
  const dir = mkdtempSync(join(tmpdir(), 'video-'));
  const path = join(dir, 'leaf.avi');
  const make = (size: string) => {
    const made = ['-y', '-loglevel', 'error', '-f', 'lavfi', '-i', `testsrc=size=${size}:rate=10:duration=1`];
    execFileSync('ffmpeg', [...made, '-c:v', 'mjpeg', '-f', 'avi', `${path}.new`]);
    renameSync(`${path}.new`, path);
  };
  const source = `video-loop:${path}`;
  const watch = new StreamWatch(openSource({ camera: 'leaf', source, intervalMs: 100, baseDir: dir }, systemClock));
  expect(await watch.offline()).toContain('No such file');
  writeFileSync(path, Buffer.alloc(10_000, 'nonsense'));
  await vi.waitFor(() => expect(watch.report.states.at(-1)).toContain('Invalid data'), { timeout: 30_000 });
  make('160x120');
  expect(await watch.more(3)).toBeLessThan(RECOVERY_MS);
  expect(await sharp(watch.frames.at(-1)?.bytes).metadata()).toMatchObject({ width: 160, height: 120 });
  await watch.end();
  make('320x240');
  const next = new StreamWatch(openSource({ camera: 'leaf', source, intervalMs: 100, baseDir: dir }, systemClock));
  await next.more(1);
  expect(await sharp(next.frames.at(-1)?.bytes).metadata()).toMatchObject({ width: 320, height: 240 });
  await next.end();
  rmSync(dir, { recursive: true });
});

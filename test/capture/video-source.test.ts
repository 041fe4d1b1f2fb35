import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { openSource } from '../../src/capture/open-source.js';
import { systemClock } from '../../src/capture/pace.js';
import { needs } from '../support/needs.js';
import { StreamWatch } from './stream-watch.js';

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

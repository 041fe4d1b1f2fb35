import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { conditionNames } from '../../src/sim/conditions/conditions.js';
import { ScenePainter } from '../../src/sim/scene-painter.js';
import { sceneNames } from '../../src/sim/scenes.js';
import { openScene } from '../../src/sim/sim-source.js';
import type { RgbImage } from '../../src/types.js';
import { decodeImage } from '../../src/vision/decode.js';
import { type PictureChecks, PictureWatch } from '../../src/vision/picture-watch.js';
import { needs } from '../support/needs.js';
import { plain } from './drawn.js';

const CHECKS: PictureChecks = { black: true, green: true, frozen: true, frozenFrames: 3, frozenAfterMs: 10_000 };

const once = (image: RgbImage, checks = CHECKS) => new PictureWatch(checks).see(image, 0, true);

function noisy(width: number, height: number, level: number, deviation: number): RgbImage {
  const image = plain(width, height, [level, level, level]);
  // A fixed sequence (Lehmer): the same test each time.
  let state = 1;
  for (let i = 0; i < image.data.length; i += 1) {
    state = (state * 48_271) % 2_147_483_647;
    image.data[i] = Math.max(0, Math.round(level + (state / 2_147_483_647 - 0.5) * 2 * deviation));
  }
  return image;
}

describe('a picture', () => {
  it.each([
    ['without any light', plain(640, 480, [0, 0, 0])],
    ['of video black', plain(640, 480, [16, 16, 16])],
    ['of a sensor in the dark, with its noise', noisy(640, 480, 6, 14)],
  ])('%s is black', (_, image) => {
    expect(once(image)).toBe('black');
    expect(once(image, { ...CHECKS, black: false })).toBeUndefined();
  });

  it('of a dark night with one lamp in it is not black', () => {
    const image = plain(640, 480, [4, 4, 4]);
    for (let row = 0; row < 48; row += 1) image.data.fill(180, 3 * row * 640, 3 * (row * 640 + 64));
    expect(once(image)).toBeUndefined();
  });

  it.each(sceneNames().flatMap((scene) => conditionNames().map((condition) => `${scene}?condition=${condition}`)))(
    'of %s is none of them, and two of them are no freeze',
    async (scene) => {
      const painter = new ScenePainter(openScene(`${scene}&empty`, 3), { width: 320, height: 180 });
      const watch = new PictureWatch({ ...CHECKS, frozenFrames: 1, frozenAfterMs: 1 });
      for (const atMs of [0, 60_000]) {
        const image = await decodeImage(await painter.paint(atMs), scene);
        expect(watch.see(image, atMs, true)).toBeUndefined();
      }
    },
  );

  it('that ffmpeg makes of video without data is green, all over or the lower half', needs('ffmpeg'), async () => {
    const jpegOf = (yuv: Buffer) =>
      execFileSync(
        'ffmpeg',
        [
          ...['-loglevel', 'error', '-f', 'rawvideo', '-pix_fmt', 'yuv420p', '-s', '64x48', '-i', 'pipe:0'],
          ...['-frames:v', '1', '-f', 'image2pipe', '-c:v', 'mjpeg', '-q:v', '3', '-pix_fmt', 'yuvj420p', 'pipe:1'],
        ],
        { input: yuv },
      );
    const none = Buffer.alloc((64 * 48 * 3) / 2);
    expect(once(await decodeImage(jpegOf(none), 'a'))).toBe('green');
    const half = Buffer.from(none);
    for (const [from, rows, width] of [
      [0, 20, 64],
      [64 * 48, 10, 32],
      [64 * 48 + 32 * 24, 10, 32],
    ] as const)
      half.fill(128, from, from + rows * width);
    expect(once(await decodeImage(jpegOf(half), 'a'))).toBe('green');
    expect(once(await decodeImage(jpegOf(half), 'a'), { ...CHECKS, green: false })).toBeUndefined();
  });

  it('full of leaves is not green', () => {
    expect(once(plain(640, 480, [28, 120, 22]))).toBeUndefined();
  });
});

describe('a live camera', () => {
  const scene = noisy(320, 240, 90, 8);
  /** The same but for one pixel in a corner. */
  const changed = { ...scene, data: Uint8Array.from(scene.data, (value, i) => (i === 0 ? value ^ 1 : value)) };

  it('is frozen after so many equal pictures and so long, not before either', () => {
    const watch = new PictureWatch(CHECKS);
    const seen = [0, 4_000, 8_000, 10_000, 10_001, 20_000].map((atMs) => watch.see(scene, atMs, true));
    expect(seen).toEqual([undefined, undefined, undefined, undefined, 'frozen', 'frozen']);
    const rare = new PictureWatch(CHECKS);
    const seldom = [0, 60_000, 120_000, 180_000].map((atMs) => rare.see(scene, atMs, true));
    expect(seldom).toEqual([undefined, undefined, undefined, 'frozen']);
  });

  it('is not any more as soon as anything changes', () => {
    const watch = new PictureWatch({ ...CHECKS, frozenFrames: 1 });
    expect([0, 11_000].map((atMs) => watch.see(scene, atMs, true))).toEqual([undefined, 'frozen']);
    expect(watch.see(changed, 12_000, true)).toBeUndefined();
    expect([13_000, 24_001].map((atMs) => watch.see(scene, atMs, true))).toEqual([undefined, 'frozen']);
  });

  it('is never where its check is off, nor is a camera whose pictures may repeat', () => {
    const off = new PictureWatch({ ...CHECKS, frozen: false });
    const stills = new PictureWatch(CHECKS);
    for (let atMs = 0; atMs < 100_000; atMs += 5_000)
      expect([off.see(scene, atMs, true), stills.see(scene, atMs, false)]).toEqual([undefined, undefined]);
  });
});

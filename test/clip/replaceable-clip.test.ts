import { expect, it } from 'vitest';
import type { ClipModel } from '../../src/clip/clip-model.js';
import { ReplaceableClip } from '../../src/clip/replaceable-clip.js';

/** A runtime whose answers are its own number, once `finish` is called. */
function runtime(number: number, restarts = 0) {
  const waiting: (() => void)[] = [];
  const state = { isClosed: false, finish: () => waiting.splice(0).forEach((end) => void end()) };
  const clip = {
    provider: number === 1 ? 'cpu' : 'tensorrt',
    restarts,
    encodeImages: () =>
      new Promise<readonly Float32Array[]>((resolve) => {
        waiting.push(() => resolve([Float32Array.of(number)]));
      }),
    close: async () => {
      state.isClosed = true;
    },
  } as unknown as ClipModel;
  return { clip, state };
}

it('ends what is under way where it began, and closes the old runtime after that', async () => {
  const [old, next] = [runtime(1, 2), runtime(2, 1)];
  const clip = new ReplaceableClip(old.clip);
  const before = clip.encodeImages(new Float32Array(1), 1);
  const replaced = clip.replace(next.clip);
  const after = clip.encodeImages(new Float32Array(1), 1);
  expect([clip.provider, old.state.isClosed]).toEqual(['tensorrt', false]);
  next.state.finish();
  expect(await after).toEqual([Float32Array.of(2)]);
  expect(old.state.isClosed).toBe(false);
  old.state.finish();
  expect(await before).toEqual([Float32Array.of(1)]);
  await replaced;
  expect([old.state.isClosed, next.state.isClosed, clip.restarts]).toEqual([true, false, 3]);
});

it('takes nothing more once it is closed', async () => {
  const [old, next] = [runtime(1), runtime(2)];
  const clip = new ReplaceableClip(old.clip);
  await clip.close();
  await clip.replace(next.clip);
  expect([old.state.isClosed, next.state.isClosed, clip.provider]).toEqual([true, true, 'cpu']);
});

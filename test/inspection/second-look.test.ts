import { describe, expect, it } from 'vitest';
import type { ClipModel } from '../../src/clip/clip-model.js';
import { type InspectionSettings, Inspector } from '../../src/inspection/inspector.js';
import { furtherViews, MOST_SECOND_LOOKS } from '../../src/inspection/second-look.js';
import { masksOf } from '../../src/vision/mask.js';
import { drawPests, idealClip, pestPrompts } from './ideal-encoder.js';

const SIDE = 64;
const tileAt = (x: number, y: number) => ({ box: { x, y, width: SIDE, height: SIDE }, scale: SIDE });

const settings: InspectionSettings = {
  plan: { scales: [SIDE], overlap: 0, wholeFrame: false },
  batchSize: 16,
  secondLook: true,
  sureScore: 0,
  mergeOverlap: 0.5,
  maxPerFrame: 1000,
  minScore: 0.5,
  minSimilarity: -1,
};

/** The embedding of which the pest has this probability against the background. */
function embeddingOf(probability: number): Float32Array {
  // cos a - sin a = sqrt(2) cos(a + 45 degrees) = logit / logitScale
  const logit = Math.log(probability / (1 - probability));
  const angle = Math.acos(logit / idealClip.calibration.logitScale / Math.SQRT2) - Math.PI / 4;
  return Float32Array.of(Math.cos(angle), Math.sin(angle));
}

/** Takes each view for what `probability` says of it: the place of the view's red gradient tells where it was cut. */
function encoder(probability: (pixels: Float32Array) => number): ClipModel & { encoded: number } {
  const size = 3 * idealClip.preprocessor.inputSize ** 2;
  const clip = {
    ...idealClip,
    encoded: 0,
    async encodeImages(pixels: Float32Array, count: number) {
      clip.encoded += count;
      return Array.from({ length: count }, (_, i) =>
        embeddingOf(probability(pixels.subarray(i * size, (i + 1) * size))),
      );
    },
  };
  return clip;
}

const frame = { width: 320, height: 320 };
/** A frame-filling gradient: red runs along x. */
const gradient = drawPests(frame, [{ x: 0, y: 0, side: 320 }]);
/** Red at the left edge of the planned tiles; their mirror images and most windows beside them begin with another. */
const starts = new Set(gradient.image.data.filter((_, i) => i < 3 * 320 && i % (3 * SIDE) === 0));
const isPlanned = (pixels: Float32Array) => starts.has(pixels[0] as number) && !isMirrored(pixels);
const isMirrored = (pixels: Float32Array) => (pixels[0] as number) > (pixels[SIDE - 1] as number);

async function inspect(clip: ClipModel, more: Partial<InspectionSettings> = {}, shown = gradient) {
  return new Inspector({ ...settings, ...more }).inspect(shown, { clip, prompts: pestPrompts });
}

describe('the views of a second look', () => {
  it('are the mirror image and four windows an eighth of the side away', () => {
    const [mirror, ...shifted] = furtherViews(tileAt(100, 120), frame);
    expect(mirror).toEqual({ ...tileAt(100, 120), mirrored: true });
    expect(shifted).toEqual([tileAt(92, 112), tileAt(108, 112), tileAt(92, 128), tileAt(108, 128)]);
  });

  it('stay within the frame', () => {
    for (const [x, y] of [
      [0, 0],
      [256, 256],
    ] as const)
      for (const { box } of furtherViews(tileAt(x, y), frame)) {
        expect(Math.min(box.x, box.y)).toBeGreaterThanOrEqual(0);
        expect(Math.max(box.x, box.y) + SIDE).toBeLessThanOrEqual(320);
      }
  });

  it('are none twice where the edge moves them onto one another', () => {
    const [mirror, ...others] = furtherViews(tileAt(0, 0), frame);
    expect(mirror).toEqual({ ...tileAt(0, 0), mirrored: true });
    expect(others).toEqual([tileAt(8, 0), tileAt(0, 8), tileAt(8, 8)]);
    expect(furtherViews(tileAt(0, 0), { width: SIDE, height: SIDE })).toHaveLength(1);
  });
});

describe('a tile that may show something', () => {
  it('is no detection where only one view of it looks like a pest', async () => {
    const fooled = encoder((pixels) => (isPlanned(pixels) ? 0.9 : 0.05));
    const once = await inspect(fooled, { secondLook: false });
    expect(once.detections.length).toBeGreaterThan(0);
    expect((await inspect(fooled)).detections).toEqual([]);
  });

  it('is a detection where its other views are surer than the first', async () => {
    const hesitant = encoder((pixels) => (isPlanned(pixels) ? 0.4 : 0.95));
    expect((await inspect(hesitant, { secondLook: false })).detections).toEqual([]);
    const { detections } = await inspect(hesitant);
    expect(detections.length).toBeGreaterThan(0);
    for (const { score } of detections) expect(score).toBeLessThan(0.95);
  });

  it('costs five views more, four in a corner, one that surely shows nothing none', async () => {
    const nothing = encoder(() => 0.1);
    expect((await inspect(nothing)).tiles).toBe(25);
    expect(nothing.encoded).toBe(25);
    const something = encoder(() => 0.3);
    expect(await inspect(something)).toMatchObject({ tiles: 25, views: 25 * 6 - 4 });
    expect(something.encoded).toBe(25 * 6 - 4);
  });

  it('is not judged by views whose middle a mask covers', async () => {
    const something = encoder(() => 0.3);
    // The left column is left, and of its views those that do not reach farther to the right.
    const masks = masksOf([{ x: 0.27, y: 0, width: 0.73, height: 1 }]);
    const { tiles } = await inspect(something, { masks }, drawPests({ width: 2 * SIDE, height: 3 * SIDE }, []));
    expect([tiles, something.encoded]).toEqual([3, 3 * 2 + 1 + 2 + 1]);
  });

  it('is judged by its first view where it is one of too many, the least likely first', async () => {
    const wide = { width: SIDE * 20, height: SIDE * 20 };
    let turn = 0;
    // 400 tiles, each a little likelier than the one before; whatever is looked at again turns out to be nothing.
    const crowded = encoder(() => {
      turn += 1;
      return turn <= 400 ? 0.55 + turn / 1000 : 0.01;
    });
    const { detections, tiles } = await inspect(crowded, { mergeOverlap: 1 }, drawPests(wide, []));
    expect(tiles).toBe(400);
    // Three of the corners are among them.
    expect(crowded.encoded).toBe(400 + 5 * MOST_SECOND_LOOKS - 3);
    expect(detections).toHaveLength(400 - MOST_SECOND_LOOKS);
    expect(detections[0]?.score).toBeCloseTo(0.55 + (400 - MOST_SECOND_LOOKS) / 1000, 3);
  });

  it('has no probability to doubt where nothing competes with the one target', async () => {
    const alone = encoder(() => 0.9);
    const prompts = { ...pestPrompts, negatives: [] };
    await new Inspector(settings).inspect(gradient, { clip: alone, prompts });
    expect(alone.encoded).toBe(25);
  });
});

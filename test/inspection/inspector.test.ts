import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type InspectionSettings, Inspector } from '../../src/inspection/inspector.js';
import { windowKey } from '../../src/inspection/window-key.js';
import type { Box, Detection, Size } from '../../src/types.js';
import type { Mask } from '../../src/vision/mask.js';
import { centreSampledClip, drawPests, idealClip, type Pest, pestPrompts } from './ideal-encoder.js';

const settingsOf = (scales: readonly number[], wholeFrame: boolean, overlap = 0.2): InspectionSettings => ({
  plan: { scales, overlap, wholeFrame },
  batchSize: 16,
  secondLook: true,
  sureScore: 0,
  mergeOverlap: 0.5,
  maxPerFrame: 100,
  minScore: 0.5,
  minSimilarity: -1,
});

const frameSize = fc.record({ width: fc.integer({ min: 130, max: 620 }), height: fc.integer({ min: 130, max: 620 }) });

/** A pest anywhere within a part of a frame, its side between two bounds. */
const pestWithin = (area: Box, least: number, most: number): fc.Arbitrary<Pest> =>
  fc.integer({ min: least, max: Math.min(most, area.width, area.height) }).chain((side) =>
    fc.record({
      x: fc.integer({ min: area.x, max: area.x + area.width - side }),
      y: fc.integer({ min: area.y, max: area.y + area.height - side }),
      side: fc.constant(side),
    }),
  );

const frameWithPest = (least: number, most: number) =>
  frameSize.chain((size) =>
    fc.record({ size: fc.constant(size), pest: pestWithin({ x: 0, y: 0, ...size }, least, most) }),
  );

async function look(size: Size, pests: readonly Pest[], settings: InspectionSettings) {
  return new Inspector(settings).inspect(drawPests(size, pests), { clip: idealClip, prompts: pestPrompts });
}

const showsCentreOf = ({ box }: Detection, { x, y, side }: Pest) =>
  box.x <= x + side / 2 &&
  x + side / 2 <= box.x + box.width &&
  box.y <= y + side / 2 &&
  y + side / 2 <= box.y + box.height;

describe('a pest cut by tile borders', () => {
  it.each([
    { name: 'one scale', settings: settingsOf([128], false), least: 26, most: 128 },
    { name: 'one scale and the whole frame', settings: settingsOf([128], true), least: 26, most: 128 },
    { name: 'three scales and the whole frame', settings: settingsOf([64, 128, 256], true), least: 13, most: 256 },
    {
      name: 'three scales that overlap by a tenth',
      settings: settingsOf([64, 128, 256], true, 0.1),
      least: 13,
      most: 64,
    },
  ])('counts once wherever it sits, $name', { timeout: 120_000 }, async ({ settings, least, most }) => {
    await fc.assert(
      fc.asyncProperty(frameWithPest(least, most), async ({ size, pest }) => {
        const { detections } = await look(size, [pest], settings);
        expect(detections.map((detection) => showsCentreOf(detection, pest))).toEqual([true]);
      }),
      { numRuns: 60 },
    );
  });

  it('counts once where four tiles meet', async () => {
    // Tiles of 128 px start at 0, 102, 204...: all four around (115, 115) see this pest whole.
    const pest = { x: 103, y: 103, side: 24 };
    const { detections } = await look({ width: 332, height: 332 }, [pest], settingsOf([128], false));
    expect(detections).toHaveLength(1);
    expect(detections[0]?.box).toEqual({ x: 51, y: 51, width: 128, height: 128 });
  });
});

describe('pests beside one another', () => {
  it('counts two that lie two tiles apart as two', { timeout: 120_000 }, async () => {
    const halves = fc
      .record({ width: fc.integer({ min: 560, max: 760 }), height: fc.integer({ min: 150, max: 400 }) })
      .chain((size) => {
        const half = Math.floor((size.width - 256) / 2);
        return fc.record({
          size: fc.constant(size),
          left: pestWithin({ x: 0, y: 0, width: half, height: size.height }, 26, 110),
          right: pestWithin({ x: size.width - half, y: 0, width: half, height: size.height }, 26, 110),
        });
      });
    await fc.assert(
      fc.asyncProperty(halves, async ({ size, left, right }) => {
        const { detections } = await look(size, [left, right], settingsOf([128], false));
        const counted = [left, right].map((pest) => detections.filter((d) => showsCentreOf(d, pest)).length);
        expect(counted).toEqual([1, 1]);
        expect(detections).toHaveLength(2);
      }),
      { numRuns: 60 },
    );
  });

  it('finds nothing on an empty frame', async () => {
    const { detections, tiles } = await look({ width: 300, height: 200 }, [], settingsOf([128], true));
    expect(detections).toEqual([]);
    expect(tiles).toBe(3 * 2 + 2);
  });
});

describe('what an inspection tells', () => {
  it('names the frame, the fingerprint, and each tile that was looked at once', async () => {
    const pest = { x: 90, y: 90, side: 40 };
    const { frame, fingerprint, tiles, timingsMs } = await look(
      { width: 300, height: 200 },
      [pest],
      settingsOf([128], true),
    );
    expect(frame).toEqual({
      id: 'frame',
      camera: 'leaf',
      origin: 'drawn',
      capturedAtMs: 0,
      width: 300,
      height: 200,
    });
    expect(fingerprint).toEqual({
      model: idealClip.model,
      promptSet: { id: 'pest', hash: '0' },
      calibration: idealClip.calibration,
      provider: 'cpu',
    });
    expect(tiles).toBeGreaterThan(3 * 2 + 2);
    expect(Object.keys(timingsMs)).toEqual(['tile', 'encode', 'score']);
  });

  it('stays within its bound of extra looks on a frame full of pests', async () => {
    const crowded = drawPests({ width: 1600, height: 1600 }, []);
    const all = { ...idealClip, encodeImages: async (_: Float32Array, count: number) => aboutSame(count) };
    const settings = settingsOf([128], false);
    const inspection = await new Inspector(settings).inspect(crowded, { clip: all, prompts: pestPrompts });
    const planned = 16 * 16;
    expect(inspection.tiles).toBeGreaterThan(planned);
    expect(inspection.tiles).toBeLessThanOrEqual(planned + 128);
  });

  it('tells only the nearest tile where nothing competes with the one target', async () => {
    const { detections } = await new Inspector(settingsOf([128], false)).inspect(
      drawPests({ width: 600, height: 200 }, [
        { x: 10, y: 10, side: 60 },
        { x: 500, y: 60, side: 90 },
      ]),
      { clip: idealClip, prompts: { ...pestPrompts, negatives: [] } },
    );
    expect(detections.map(({ score }) => score)).toEqual([null]);
    expect(showsCentreOf(detections[0] as Detection, { x: 500, y: 60, side: 90 })).toBe(true);
  });

  it('hands out what the model made of each detection, normalised', async () => {
    const size = { width: 300, height: 300 };
    const pests = [{ x: 30, y: 40, side: 100 }];
    const { detections, embeddings } = await look(size, pests, settingsOf([128], false));
    expect(detections).toHaveLength(1);
    expect([...embeddings.keys()]).toEqual(detections);
    for (const vector of embeddings.values()) {
      expect(Math.hypot(...vector)).toBeCloseTo(1, 4);
    }
  });

  it('tells of weak detections only beside a sure one of their target', async () => {
    const size = { width: 600, height: 200 };
    const pests = [
      { x: 20, y: 20, side: 90 },
      { x: 420, y: 20, side: 40 },
    ];
    const scoresWith = async (shown: readonly Pest[], sureScore: number) =>
      (await look(size, shown, { ...settingsOf([128], false), sureScore })).detections.map(
        ({ score }) => score as number,
      );
    const [sure, weak] = (await scoresWith(pests, 0)) as [number, number];
    expect(await scoresWith(pests, sure)).toEqual([sure, weak]);
    expect(await scoresWith(pests, sure + 1e-6)).toEqual([]);
    expect(await scoresWith(pests.slice(1), 0)).toEqual([weak]);
    expect(await scoresWith(pests.slice(1), sure)).toEqual([]);
  });

  it('gives the place of a target that is not told of to the next best', async () => {
    const background = [0, 0, 1];
    // Along one row, 32 px apart: surely an aphid, nothing, perhaps a beetle, perhaps an aphid in the same place.
    const row = [[1, 0, 0], background, [0, 0.73, 0.68], [0.72, 0, 0.69], background];
    const prompts = {
      ...pestPrompts,
      targets: ['aphid', 'beetle'].map((id, i) => {
        const embedding = Float32Array.of(1 - i, i, 0);
        const target = { id, name: id, prompts: [id], templates: ['{}'], beneficial: false };
        return { target, embedding, prompts: [{ text: id, embedding }] };
      }),
      negatives: [{ text: 'background', embedding: Float32Array.from(background) }],
    };
    const clip = {
      ...centreSampledClip,
      encodeImages: async () => row.map((vector) => Float32Array.from(vector)),
    };
    const found = async (sureScore: number) => {
      const settings = { ...settingsOf([64], false, 0.5), secondLook: false, sureScore };
      const { detections } = await new Inspector(settings).inspect(drawPests({ width: 192, height: 64 }, []), {
        clip,
        prompts,
      });
      return detections.map(({ target, box }) => `${target} ${box.x}`);
    };
    expect(await found(0)).toEqual(['aphid 0', 'beetle 64']);
    expect(await found(0.9)).toEqual(['aphid 0', 'aphid 96']);
  });

  it('gives the best first and no more than maxPerFrame', async () => {
    const pests = [
      { x: 20, y: 20, side: 90 },
      { x: 420, y: 20, side: 40 },
    ];
    const both = await look({ width: 600, height: 200 }, pests, settingsOf([128], false));
    const one = await look({ width: 600, height: 200 }, pests, { ...settingsOf([128], false), maxPerFrame: 1 });
    expect(both.detections).toHaveLength(2);
    expect(both.detections[0]?.score).toBeGreaterThan(both.detections[1]?.score ?? 1);
    expect(one.detections).toEqual(both.detections.slice(0, 1));
  });
});

/** Every tile shows the pest, each a little better than the one before, so that no two agree. */
let turn = 0;
function aboutSame(count: number): Float32Array[] {
  return Array.from({ length: count }, () => {
    turn += 1;
    const angle = 0.5 - turn * 1e-4;
    return Float32Array.of(Math.cos(angle), Math.sin(angle));
  });
}

describe('windowKey', () => {
  it('tells windows of one place and two scales apart', () => {
    const at = (scale: number) => windowKey({ box: { x: 1, y: 2, width: scale, height: scale }, scale });
    expect([at(64), at(128)]).toEqual(['1,2,64', '1,2,128']);
  });
});

describe('masks', () => {
  const size = { width: 640, height: 360 };
  const house: Mask = [
    [0.5, 0],
    [1, 0],
    [1, 1],
    [0.5, 1],
  ];

  it('have no tile looked at whose centre lies in them, neither planned nor between two', {
    timeout: 60_000,
  }, async () => {
    const seenBy = async (masks: readonly Mask[]) => {
      const pests = [
        { x: 60, y: 100, side: 40 },
        { x: 500, y: 100, side: 40 },
        { x: 545, y: 130, side: 40 },
      ];
      return look(size, pests, { ...settingsOf([64, 128], true), masks });
    };
    const all = await seenBy([]);
    const some = await seenBy([house]);
    const left = ({ box }: Detection) => box.x + box.width / 2 < 320;
    expect(all.detections.filter((detection) => !left(detection)).length).toBeGreaterThan(0);
    expect(some.detections).toEqual(all.detections.filter(left));
    expect(some.detections).toHaveLength(1);
    expect(some.tiles).toBeLessThan(all.tiles);
  });

  it('that leave no tile are told of, rather than nothing found', async () => {
    const everything: Mask = [
      [0, 0],
      [1, 0],
      [1, 1],
      [0, 1],
    ];
    const settings = { ...settingsOf([64], true), masks: [everything] };
    await expect(look(size, [], settings)).rejects.toMatchObject({ code: 'VIEW_MASKED' });
  });
});

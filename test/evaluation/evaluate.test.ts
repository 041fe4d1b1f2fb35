import { describe, expect, it } from 'vitest';
import { FieldscoutError } from '../../src/errors.js';
import { type Detector, type EvaluationTools, evaluate, type LabelledPicture } from '../../src/evaluation/evaluate.js';
import { evaluationText } from '../../src/evaluation/evaluation-text.js';
import type { Box, Detection, RgbImage } from '../../src/types.js';
import { embeddedSet, embeddedTarget } from './embedded.js';

/** Embedding of a window = the mean red and green in it: an "aphid" is green here, a "mite" is red. */
const prompts = embeddedSet([
  embeddedTarget('mite', [1, 0]),
  embeddedTarget('aphid', [0, 1]),
  embeddedTarget('moth', [Math.SQRT1_2, Math.SQRT1_2]),
]);

interface Spot {
  readonly box: Box;
  readonly colour: readonly [number, number, number];
}

function painted(width: number, height: number, spots: readonly Spot[]): RgbImage {
  const data = new Uint8Array(width * height * 3);
  for (const { box, colour } of spots)
    for (let y = box.y; y < box.y + box.height; y += 1)
      for (let x = box.x; x < box.x + box.width; x += 1) data.set(colour, (y * width + x) * 3);
  return { width, height, data };
}

function meanColour(image: RgbImage, box: Box): Float32Array {
  let [red, green] = [0, 0];
  for (let y = Math.round(box.y); y < Math.round(box.y + box.height); y += 1)
    for (let x = Math.round(box.x); x < Math.round(box.x + box.width); x += 1) {
      red += image.data[(y * image.width + x) * 3] ?? 0;
      green += image.data[(y * image.width + x) * 3 + 1] ?? 0;
    }
  const length = Math.hypot(red, green) || 1;
  return Float32Array.of(red / length, green / length);
}

const RED = [255, 0, 0] as const;
const GREEN = [0, 255, 0] as const;
const left: Box = { x: 10, y: 10, width: 10, height: 10 };
const right: Box = { x: 60, y: 10, width: 10, height: 10 };

const images: Readonly<Record<string, RgbImage>> = {
  'one.png': painted(100, 40, [
    { box: left, colour: RED },
    { box: right, colour: GREEN },
  ]),
  'two.png': painted(100, 40, [{ box: left, colour: RED }]),
  'small.png': painted(10, 10, []),
};

const picture = (path: string, truths: LabelledPicture['truths']): LabelledPicture => ({
  path,
  width: 100,
  height: 40,
  truths,
  crowds: [],
});

const found = (target: string, box: Box, score: number): Detection => ({
  target,
  prompt: target,
  score,
  similarity: 0.3,
  box,
  scale: 10,
});

const detector = (all: (image: RgbImage) => readonly Detection[]): Detector => ({
  minScore: 0.5,
  sureScore: 0,
  detect: async (image) => all(image).filter(({ score }) => score !== null && score >= 0.5),
  detectAll: async (image) => all(image),
});

const tools = (given: Detector | null): EvaluationTools => ({
  readImage: async (path) => {
    const image = images[path];
    if (!image) throw new FieldscoutError('IMAGE_UNREADABLE', `${path} is no picture.`, 'Give another.');
    return image;
  },
  embedCrop: async (image, box) => meanColour(image, box),
  detector: given,
});

const pictures = [
  picture('one.png', [
    { target: 'mite', box: left },
    { target: 'aphid', box: right },
  ]),
  picture('broken.png', [{ target: 'aphid', box: left }]),
  picture('two.png', [{ target: 'aphid', box: left }]),
  picture('small.png', [{ target: 'aphid', box: left }]),
];

const judged = new Set(['mite', 'aphid']);
const nothing = (): void => undefined;

describe('evaluate', () => {
  it('recognises crops, measures detections, and goes on after pictures that it cannot use', async () => {
    const seen = (image: RgbImage) =>
      image === images['one.png']
        ? [found('mite', left, 0.9), found('aphid', left, 0.6), found('moth', right, 0.99)]
        : [found('mite', left, 0.4)];
    let shown = 0;
    const evaluation = await evaluate(pictures, prompts, judged, tools(detector(seen)), () => {
      shown += 1;
    });
    expect(shown).toBe(4);
    expect(evaluation).toMatchObject({
      pictures: 2,
      top1: 2 / 3,
      cases: 3,
      detection: {
        minScore: 0.5,
        sureScore: 0,
        matchIou: 0.3,
        pictures: 2,
        truths: 3,
        detections: 2,
        matched: 1,
        precision: 0.5,
        recall: 1 / 3,
        ap50: 0.5,
        centreRecall: 1 / 3,
        centrePrecision: 0.5,
        countMae: 0.5,
      },
      confusion: [
        { truth: 'mite', predicted: 'mite', cases: 1 },
        { truth: 'aphid', predicted: 'aphid', cases: 1 },
        { truth: 'aphid', predicted: 'mite', cases: 1 },
      ],
      failures: [
        { image: 'broken.png', error: 'broken.png is no picture. Give another. [IMAGE_UNREADABLE]' },
        { image: 'small.png', error: 'small.png is 10x10 pixels, its labels were made for 100x40.' },
      ],
    });
    expect(evaluation.perTarget.map(({ target, top1, cases }) => ({ target, top1, cases }))).toEqual([
      { target: 'mite', top1: 1, cases: 1 },
      { target: 'aphid', top1: 0.5, cases: 2 },
    ]);
  });

  it('leaves detection out where it is not asked for', async () => {
    const evaluation = await evaluate(pictures, prompts, judged, tools(null), nothing);
    expect(evaluation.detection).toBeNull();
    expect(evaluation.perTarget.every(({ detection }) => detection === null)).toBe(true);
    expect([evaluation.top1, evaluation.cases]).toEqual([2 / 3, 3]);
  });

  it('has all figures but average precision where only that is left out', async () => {
    const seen = () => [found('aphid', left, 0.9)];
    const whole = await evaluate(pictures, prompts, judged, tools(detector(seen)), nothing);
    const once = await evaluate(pictures, prompts, judged, tools({ ...detector(seen), detectAll: null }), nothing);
    expect(whole.detection?.ap30).toBeGreaterThan(0);
    expect(once.detection).toEqual({ ...whole.detection, ap30: null, ap50: null });
  });

  it('has no figure, rather than 0, where there is no case', async () => {
    const evaluation = await evaluate([], prompts, judged, tools(detector(() => [])), nothing);
    expect([evaluation.top1, evaluation.cases, evaluation.detection?.f1]).toEqual([null, 0, null]);
  });

  it('does not hide a failure of the model behind a picture', async () => {
    const broken = () => {
      throw new FieldscoutError('INFERENCE_FAILED', 'The model gave no answer.', 'See the log.');
    };
    await expect(evaluate(pictures, prompts, judged, tools(detector(broken)), nothing)).rejects.toMatchObject({
      code: 'INFERENCE_FAILED',
    });
  });
});

describe('evaluationText', () => {
  it('shows the totals with their numbers of cases, the targets and what is taken for what', async () => {
    const evaluation = await evaluate(pictures, prompts, judged, tools(null), nothing);
    expect(evaluationText(evaluation)).toBe(
      [
        'Top-1 on the labelled crops  66.7 %  (3 crops in 2 pictures)',
        '',
        'target    top-1  crops',
        'mite    100.0 %      1',
        'aphid    50.0 %      2',
        '',
        'labelled  taken for  crops',
        'aphid          mite      1',
      ].join('\n'),
    );
  });

  it('shows a dash where there is no case', async () => {
    const evaluation = await evaluate([], prompts, judged, tools(detector(() => [])), nothing);
    const lines = evaluationText(evaluation).split('\n');
    expect(lines[0]).toBe('Top-1 on the labelled crops  -  (0 crops in 0 pictures)');
    expect(lines).toContain('  recall     -  (0 of 0 labelled boxes)');
  });

  it('leaves out targets of which there is neither a label nor a detection', async () => {
    const seen = () => [found('mite', left, 0.9)];
    const [onlyAphids] = pictures;
    const evaluation = await evaluate(
      [onlyAphids as (typeof pictures)[number]],
      prompts,
      judged,
      tools(detector(seen)),
      nothing,
    );
    expect(evaluationText(evaluation)).toMatch(/^mite /m);
    const quiet = evaluationText(await evaluate([], prompts, judged, tools(detector(() => [])), nothing));
    expect(quiet).not.toMatch(/^mite /m);
    expect(quiet).not.toMatch(/^target /m);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type DetectionRules, detectInTile } from '../../src/scoring/detect.js';
import { cosine, nearestPrompt, scoreTile, softmax } from '../../src/scoring/score-tile.js';
import type { Calibration, EmbeddedPromptSet, EmbeddedTarget, EmbeddedText } from '../../src/types.js';

const clip: Calibration = { kind: 'clip', logitScale: 100, logitBias: 0, origin: 'manifest' };
const siglip: Calibration = { kind: 'siglip', logitScale: 10, logitBias: -2, origin: 'manifest' };

/** Unit vector at an angle: cosines are differences of angles. */
const at = (degrees: number) =>
  Float32Array.of(Math.cos((degrees * Math.PI) / 180), Math.sin((degrees * Math.PI) / 180));

const text = (words: string, degrees: number): EmbeddedText => ({ text: words, embedding: at(degrees) });

const targetAt = (id: string, degrees: number): EmbeddedTarget => ({
  target: { id, name: id, prompts: [`a ${id}`], templates: ['{}'], beneficial: false },
  embedding: at(degrees),
  prompts: [text(`a ${id}`, degrees), text(`many of ${id}`, degrees + 20)],
});

const promptsOf = (targets: readonly EmbeddedTarget[], negatives: readonly EmbeddedText[]): EmbeddedPromptSet => ({
  promptSet: { id: 's', hash: 'h', title: '', origin: '', targets: [], negatives: [], negativeTemplates: [] },
  model: { id: 'm', sha256: '' },
  targets,
  negatives,
});

const cos = (degrees: number) => Math.cos((degrees * Math.PI) / 180);

describe('scoreTile', () => {
  it('gives the softmax over targets and negatives, by the logit scale', () => {
    const prompts = promptsOf([targetAt('aphid', 0), targetAt('beetle', 10)], [text('soil', 5)]);
    const scores = scoreTile(at(2), prompts, clip);
    const logits = [2, 8, 3].map((degrees) => Math.exp(100 * cos(degrees)));
    const total = logits.reduce((sum, value) => sum + value, 0);
    expect(scores.map(({ score }) => score?.toFixed(4))).toEqual([
      ((logits[0] as number) / total).toFixed(4),
      ((logits[1] as number) / total).toFixed(4),
    ]);
    expect(scores[0]?.similarity).toBeCloseTo(cos(2), 6);
    expect(scores.map(({ beatsNegatives }) => beatsNegatives)).toEqual([true, false]);
  });

  it('gives no score where the target competes with nothing', () => {
    const [only] = scoreTile(at(0), promptsOf([targetAt('aphid', 60)], []), clip);
    expect(only).toMatchObject({ score: null, beatsNegatives: true });
    expect(only?.similarity).toBeCloseTo(0.5, 6);
  });

  it('gives the sigmoid of scale x cosine + bias for SigLIP, whatever else is there', () => {
    const alone = scoreTile(at(0), promptsOf([targetAt('aphid', 60)], []), siglip);
    expect(alone[0]?.score).toBeCloseTo(1 / (1 + Math.exp(-(10 * 0.5 - 2))), 6);
    const among = scoreTile(at(0), promptsOf([targetAt('aphid', 60)], [text('soil', 1)]), siglip);
    expect(among[0]?.score).toBe(alone[0]?.score);
    expect(among[0]?.beatsNegatives).toBe(false);
  });

  it('asks a target to beat a negative, not merely to match it', () => {
    const [tied] = scoreTile(at(0), promptsOf([targetAt('aphid', 7)], [text('soil', 7)]), clip);
    expect(tied).toMatchObject({ beatsNegatives: false, score: 0.5 });
  });
});

describe('nearestPrompt', () => {
  it("is the target's text that lies nearest to the tile", () => {
    expect(nearestPrompt(at(5), targetAt('aphid', 0))).toBe('a aphid');
    expect(nearestPrompt(at(15), targetAt('aphid', 0))).toBe('many of aphid');
  });
});

describe('softmax', () => {
  it('sums to 1 and keeps the order, also for logits that overflow exp()', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: -1e5, max: 1e5, noNaN: true }), { minLength: 1 }), (logits) => {
        const shares = softmax(logits);
        expect(shares.reduce((sum, share) => sum + share, 0)).toBeCloseTo(1, 9);
        const most = logits.indexOf(Math.max(...logits));
        expect(shares[most]).toBe(Math.max(...shares));
      }),
    );
  });
});

describe('cosine', () => {
  it('never leaves [-1, 1] for rounding', () => {
    const vector = Float32Array.from({ length: 7 }, () => 1 / Math.sqrt(7));
    expect(cosine(vector, vector)).toBeLessThanOrEqual(1);
    expect(
      cosine(
        vector,
        vector.map((value) => -value),
      ),
    ).toBeGreaterThanOrEqual(-1);
  });
});

describe('detectInTile', () => {
  const frame = { width: 100, height: 80 };
  const tile = { box: { x: 40, y: 30, width: 50, height: 50 }, scale: 50 };
  const rules: DetectionRules = { minScore: 0.5, minSimilarity: -1 };
  const prompts = promptsOf([targetAt('aphid', 0), targetAt('beetle', 30)], [text('soil', 60)]);
  const detect = (degrees: number, changes: Partial<DetectionRules> = {}, set = prompts) =>
    detectInTile(scoreTile(at(degrees), set, clip), at(degrees), tile, frame, { ...rules, ...changes });

  it('tells the nearest target, its nearest prompt, both numbers and the box', () => {
    const detection = detect(12);
    expect(detection).toMatchObject({ target: 'aphid', prompt: 'many of aphid', box: tile.box, scale: 50 });
    expect(detection?.similarity).toBeCloseTo(cos(12), 6);
    expect(detection?.score).toBeCloseTo(1 / (1 + Math.exp(100 * (cos(18) - cos(12)))), 3);
  });

  it('tells nothing where a negative lies nearer, whatever the limits', () => {
    expect(detect(50, { minScore: 0, minSimilarity: -1 })).toBeUndefined();
  });

  it('holds to both limits', () => {
    const score = detect(12)?.score ?? 0;
    expect(detect(12, { minScore: score })).toBeDefined();
    expect(detect(12, { minScore: score + 1e-6 })).toBeUndefined();
    expect(detect(12, { minSimilarity: cos(11) })).toBeUndefined();
  });

  it('has only the similarity to go by where nothing competes', () => {
    const alone = promptsOf([targetAt('aphid', 0)], []);
    expect(detect(60, { minScore: 1 }, alone)?.score).toBeNull();
    expect(detect(60, { minSimilarity: 0.6 }, alone)).toBeUndefined();
  });

  it('cuts a box that reaches over the edge to the frame', () => {
    const over = { box: { x: 90, y: 70, width: 32, height: 32 }, scale: 32 };
    expect(detectInTile(scoreTile(at(0), prompts, clip), at(0), over, frame, rules)?.box).toEqual({
      x: 90,
      y: 70,
      width: 10,
      height: 10,
    });
  });
});

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { drawnDir, readDrawnReference, readTextReference, tinyClipDir } from '../support/tiny-clip.js';

const entry = fileURLToPath(new URL('../../bin/fieldscout.mjs', import.meta.url));
const cache = mkdtempSync(join(tmpdir(), 'fieldscout-cache-'));
afterAll(() => rmSync(cache, { recursive: true, force: true }));

const siglipDir = fileURLToPath(new URL('../fixtures/tiny-random-siglip', import.meta.url));

const classify = (...args: readonly string[]) => classifyWith(tinyClipDir, ...args);

function classifyWith(model: string, ...args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [entry, 'classify', '--model', model, ...args], {
    encoding: 'utf8',
    env: { ...process.env, FIELDSCOUT_CACHE_DIR: cache },
  });
  const lines = stdout.split('\n').filter((line) => line !== '');
  return { status, stderr, lines };
}

interface Line {
  readonly image: string;
  readonly scores: readonly { readonly prompt: string; readonly score: number | null; readonly similarity: number }[];
}

describe('fieldscout classify', () => {
  it("gives transformers' cosines for texts word for word, empty, overlong and multi-line ones included", async () => {
    const { texts } = await readTextReference();
    const { images, cosine } = await readDrawnReference();
    const pictures = images.map((name) => join(drawnDir, name));
    const { status, lines } = classify('--json', ...pictures, ...texts.flatMap((text) => ['--prompt', text]));
    expect([status, lines.length]).toEqual([0, images.length]);
    for (const [i, line] of lines.entries()) {
      const { image, scores } = JSON.parse(line) as Line;
      expect(image).toBe(pictures[i]);
      expect(scores.map(({ prompt }) => prompt).sort()).toEqual([...texts].sort());
      for (const { prompt, similarity } of scores) {
        expect(similarity).toBeCloseTo(cosine[i]?.[texts.indexOf(prompt)] ?? Number.NaN, 4);
      }
      expect(scores.reduce((sum, { score }) => sum + (score ?? 0), 0)).toBeCloseTo(1, 6);
      expect(scores.map(({ similarity }) => similarity)).toEqual(
        scores.map(({ similarity }) => similarity).sort((a, b) => b - a),
      );
    }
  });

  it.each([
    ['a CLIP', tinyClipDir, 'one prompt has nothing to compete with'],
    ['a SigLIP', siglipDir, 'one prompt is not compared with anything'],
  ])('tells the similarity alone for a single prompt of %s, and why', (_kind, model, why) => {
    const picture = join(drawnDir, 'drawn-224x224.png');
    const { status, stderr, lines } = classifyWith(model, '--json', picture, '--prompt', 'a green aphid');
    const { scores } = JSON.parse(lines[0] as string) as Line;
    expect([status, scores.length, scores[0]?.score]).toEqual([0, 1, null]);
    expect(scores[0]?.similarity).not.toBe(0);
    expect(stderr).toContain(`warning: ${why}`);
    const { lines: told } = classifyWith(model, picture, '--prompt', 'a green aphid');
    expect(told).toEqual([picture, `  cos ${scores[0]?.similarity.toFixed(3)}  a green aphid`]);
  });

  it('scores two prompts of a SigLIP each by its own sigmoid', () => {
    const picture = join(drawnDir, 'drawn-224x224.png');
    const { lines } = classifyWith(siglipDir, '--json', picture, '--prompt', 'a green aphid', '--prompt', 'soil');
    for (const { score, similarity } of (JSON.parse(lines[0] as string) as Line).scores)
      expect(score).toBeCloseTo(1 / (1 + Math.exp(2 - 10 * similarity)), 9);
  });

  it('names a picture that is not there and goes on, with exit code 2', () => {
    const picture = join(drawnDir, 'drawn-224x224.png');
    const { status, stderr, lines } = classify('--json', 'no.png', picture, '--prompt', 'a', '--prompt', 'b');
    expect([status, lines.map((line) => (JSON.parse(line) as Line).image)]).toEqual([2, [picture]]);
    expect(stderr).toContain('error: no.png cannot be read (there is no such file).');
  });
});

import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeEach, describe, expect, it, vi } from 'vitest';
import { type Compared, compareCommand } from '../../src/commands/compare.js';
import { bundledModels } from '../../src/paths.js';
import { drawnDir, tinyClipDir } from '../support/tiny-clip.js';

const variants = fileURLToPath(new URL('../fixtures/tiny-clip-variants', import.meta.url));

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'compare-'));
  return () => rm(dir, { recursive: true, force: true });
});

async function compare(...args: readonly string[]): Promise<string> {
  const written: string[] = [];
  const keep = (text: unknown) => {
    written.push(String(text));
    return true;
  };
  const spy = vi.spyOn(process.stdout, 'write').mockImplementation(keep);
  try {
    await compareCommand().parseAsync([...args, '--pictures', drawnDir, '--threads', '1', '--rounds', '1'], {
      from: 'user',
    });
  } finally {
    spy.mockRestore();
  }
  return written.join('');
}

/** The tiny CLIP with the files that models/export/variants.py wrote of it. */
async function withVariants(): Promise<string> {
  const folder = join(dir, 'tiny');
  await cp(tinyClipDir, folder, { recursive: true });
  for (const precision of ['fp16', 'int8']) {
    const name = `vision_model_${precision}.onnx`;
    await cp(join(variants, name), join(folder, 'onnx', name));
  }
  return folder;
}

describe('fieldscout models compare', () => {
  it('holds real fp16 and QInt8 files against fp32, on pictures', async () => {
    const found = JSON.parse(await compare(await withVariants(), '--tiles', '4', '--json'));
    const [fp32, fp16, int8] = found.variants as [Compared, Compared, Compared];
    expect([found.pictures > 1, found.tiles > found.pictures, found.variants.length]).toEqual([true, true, 3]);
    expect([fp32.precision, fp32.agreement, fp32.speedup]).toEqual(['fp32', null, 1]);
    expect(fp16).toMatchObject({ precision: 'fp16', provider: 'cpu', visionFile: 'vision_model_fp16.onnx' });
    expect(fp16.visionBytes).toBeLessThan(fp32.visionBytes);
    expect(fp16.agreement?.tileCosine.least).toBeGreaterThan(0.9999);
    // Not the same file under another name: eight bits show.
    expect(int8.agreement?.tileCosine.least).toBeGreaterThan(0.98);
    expect(int8.agreement?.tileCosine.least).toBeLessThan(0.9999);
    // The text tower has no variants: the same file, the same embeddings.
    expect(int8.agreement?.promptCosine.least).toBeCloseTo(1, 5);
    for (const { tilesPerSecond } of found.variants) expect(tilesPerSecond).toBeGreaterThan(0);
  });

  it('prints a table, and says how little few tiles say', async () => {
    const lines = (await compare(await withVariants(), '--tiles', '1')).trim().split('\n');
    expect(lines[0]).toMatch(/^\d+ tiles of \d+ pictures, prompts of insects\/.*; held against tiny fp32$/);
    expect(lines.slice(2, 5).map((line) => line.split(/ {2,}/)[0])).toEqual(['tiny fp32', 'tiny fp16', 'tiny int8']);
    expect(lines.at(-1)).toMatch(/^With \d+ tiles take the shares as a hint/);
  });

  it('says where there is nothing to compare with', async () => {
    const lines = (await compare(tinyClipDir, '--tiles', '1')).trim().split('\n');
    expect(lines.slice(-1)).toEqual([expect.stringMatching(/^There is no other variant/)]);
  });

  it('refuses another model altogether, and one without fp32', async () => {
    const other = compare(tinyClipDir, '--with', join(bundledModels, 'scout-tiny'), '--tiles', '1');
    await expect(other).rejects.toMatchObject({ code: 'USAGE' });
    const folder = await withVariants();
    await rm(join(folder, 'onnx/vision_model.onnx'));
    await expect(compare(folder)).rejects.toMatchObject({ code: 'MODEL_INVALID' });
  });
});

import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { afterAll, describe, expect, it } from 'vitest';
import { readCoco } from '../../src/evaluation/coco.js';
import { truthAt } from '../../src/sim/truth.js';

const entry = fileURLToPath(new URL('../../bin/fieldscout.mjs', import.meta.url));
const dir = mkdtempSync(join(tmpdir(), 'fieldscout-sim-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

function sim(...args: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [entry, 'sim', ...args], { encoding: 'utf8' });
  return { status, stdout, stderr };
}

describe('fieldscout sim', () => {
  it('writes pictures of the size asked for, and the truth that the evaluation reads', async () => {
    const out = join(dir, 'field', 'leaf');
    const { status, stdout, stderr } = sim(
      ...['--scene', 'leaf', '--seed', '5', '--frames', '3', '--size', '320x240', '--interval', '2000', '--out', out],
    );
    expect([status, stderr]).toEqual([0, '']);
    expect(readdirSync(out).sort()).toEqual([
      'annotations.json',
      'frame-000000.jpg',
      'frame-000001.jpg',
      'frame-000002.jpg',
    ]);
    const { pictures, clippedBoxes, emptyBoxes } = await readCoco(join(out, 'annotations.json'));
    const boxes = pictures.reduce((sum, picture) => sum + picture.boxes.length, 0);
    expect(stdout).toBe(`3 pictures with ${boxes} boxes: ${join(out, 'annotations.json')}\n`);
    expect([clippedBoxes, emptyBoxes]).toEqual([0, 0]);
    for (const [index, { fileName, width, height, boxes }] of pictures.entries()) {
      const metadata = await sharp(join(out, fileName)).metadata();
      expect([metadata.format, metadata.width, metadata.height]).toEqual(['jpeg', width, height]);
      const truth = truthAt('leaf', 5, index, { width: 320, height: 240 }, 2000);
      expect(boxes.map((box) => box.category)).toEqual(truth.map((thing) => thing.target));
    }
  }, 30_000);

  it('writes the same bytes again for the same seed', () => {
    const args = ['--scene', 'flower-strip', '--frames', '1', '--size', '160x120', '--condition', 'night', '--json'];
    const [first, again] = [join(dir, 'first'), join(dir, 'again')];
    const reports = [first, again].map((out) => JSON.parse(sim(...args, '--out', out).stdout));
    expect(reports.map((report) => report.pictures)).toEqual([1, 1]);
    for (const name of ['frame-000000.jpg', 'annotations.json'])
      expect(readFileSync(join(first, name)).equals(readFileSync(join(again, name)))).toBe(true);
  }, 30_000);

  it('has no annotation for empty frames', async () => {
    const out = join(dir, 'empty');
    const { status } = sim('--scene', 'crop-row', '--frames', '2', '--size', '160x120', '--empty', '--out', out);
    expect(status).toBe(0);
    const { info, images, annotations } = JSON.parse(readFileSync(join(out, 'annotations.json'), 'utf8'));
    expect([info.empty, images.length, annotations]).toEqual([true, 2, []]);
  }, 30_000);

  it('names scenes, conditions and animals', () => {
    const { status, stdout } = sim('--list', '--json');
    const { scenes, conditions, animals } = JSON.parse(stdout);
    expect(status).toBe(0);
    expect(scenes.map((scene: { name: string }) => scene.name)).toEqual([
      'leaf',
      'crop-row',
      'sticky-trap',
      'light-trap',
      'flower-strip',
    ]);
    expect(conditions.map((condition: { name: string }) => condition.name)).toContain('motion-blur');
    const aphid = animals.find((animal: { kind: string }) => animal.kind === 'aphid');
    expect(aphid.colours).toEqual(expect.arrayContaining(['green', 'black', 'yellow']));
    const text = sim('--list').stdout;
    expect(text).toMatch(/^ {2}sticky-trap {4}A yellow sticky card with its catch$/m);
  }, 30_000);

  it('leaves a folder alone that holds something', () => {
    const out = join(dir, 'taken');
    mkdirSync(out);
    writeFileSync(join(out, 'mine.txt'), 'mine');
    const { status, stderr } = sim('--scene', 'leaf', '--out', out);
    expect(status).toBe(1);
    expect(stderr).toBe(
      `fieldscout: --out: ${out} is not empty. Name a folder that is not there yet, or empty it. [USAGE]\n`,
    );
    expect(readdirSync(out)).toEqual(['mine.txt']);
  }, 30_000);

  it.each([
    [['--out', 'x'], '--scene is missing.'],
    [['--scene', 'leaf'], '--out is missing.'],
    [['--scene', 'moon', '--out', 'x'], 'sim:moon: there is no simulated scene of this name.'],
    [['--scene', 'leaf', '--condition', 'fog', '--out', 'x'], 'there is no condition "fog".'],
    [['--scene', 'leaf', '--size', '12', '--out', 'x'], 'Give width x height in pixels'],
    [['--scene', 'leaf', '--out', join(entry, 'x')], 'cannot be written (a part of its path is no folder)'],
  ])(
    'refuses %j in one line',
    (args, message) => {
      const { status, stderr } = sim(...args);
      expect(status).toBe(1);
      expect(stderr).toContain(message);
      expect(stderr).not.toMatch(/^ +at /m);
    },
    30_000,
  );
});

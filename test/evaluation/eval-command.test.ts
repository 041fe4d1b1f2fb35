import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { evalDir, needs } from '../support/needs.js';
import { tinyClipDir } from '../support/tiny-clip.js';

const program = fileURLToPath(new URL('../../bin/fieldscout.mjs', import.meta.url));

let dir = '';
let coco = '';
let pictures = '';

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'fieldscout-eval-'));
  coco = join(dir, 'labels.json');
  pictures = join(dir, 'my pictures 🐛');
  await mkdir(pictures);
  const drawn = (background: string) =>
    sharp({ create: { width: 320, height: 240, channels: 3, background } })
      .png()
      .toBuffer();
  await writeFile(join(pictures, 'red.png'), await drawn('#c02010'));
  await writeFile(join(pictures, 'green leaf.png'), await drawn('#20a030'));
  await writeFile(join(pictures, 'broken.png'), (await drawn('#000')).subarray(0, 60));
  await writeFile(coco, JSON.stringify(labels));
  await writeFile(join(dir, 'words.yaml'), WORDS);
});

afterAll(() => rm(dir, { recursive: true }));

const size = { width: 320, height: 240 };
const labels = {
  images: [
    { id: 1, file_name: 'pictures/red.png', ...size },
    { id: 2, file_name: 'pictures/green leaf.png', ...size },
    { id: 3, file_name: 'pictures/broken.png', ...size },
    { id: 4, file_name: 'pictures/gone.png', ...size },
  ],
  annotations: [
    { image_id: 1, category_id: 1, bbox: [10, 10, 60, 40] },
    { image_id: 1, category_id: 2, bbox: [300, 200, 50, 50] },
    { image_id: 2, category_id: 2, bbox: [0, 0, 320, 240] },
    { image_id: 3, category_id: 2, bbox: [0, 0, 320, 240] },
    { image_id: 2, category_id: 3, bbox: [5, 5, 20, 20] },
  ],
  categories: [
    { id: 1, name: 'Red Mite' },
    { id: 2, name: 'leaf' },
    { id: 3, name: 'stone' },
  ],
};

const WORDS = `title: Two things
targets:
  - id: red-mite
    name: a mite
    prompts: [a red mite]
  - id: foliage
    name: Leaf
    prompts: [a green leaf, foliage]
`;

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const fieldscout = (...args: readonly string[]): Promise<Ended> =>
  new Promise((resolve) => {
    const env = { ...process.env, FIELDSCOUT_CACHE_DIR: join(dir, 'cache') };
    execFile(process.execPath, [program, 'eval', ...args], { env, maxBuffer: 100_000_000 }, (error, stdout, stderr) =>
      resolve({ code: Number(error?.code ?? 0), stdout, stderr }),
    );
  });

const onDrawn = (...args: readonly string[]) =>
  fieldscout('--coco', coco, '--images', pictures, '--model', tinyClipDir, ...args);

describe('fieldscout eval', () => {
  it('gives every figure with its cases, names what it could not read, and ends with 2', async () => {
    const { code, stdout, stderr } = await onDrawn('--prompts', join(dir, 'words.yaml'), '--min-score', '0', '--json');
    const report = JSON.parse(stdout);
    expect(report).toMatchObject({
      coco,
      model: { id: 'tiny-random-clip', sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
      promptSet: { id: 'words', hash: expect.stringMatching(/^[0-9a-f]{64}$/) },
      provider: 'cpu',
      pictures: 2,
      cases: 3,
      detection: { minScore: 0, matchIou: 0.3, pictures: 2, truths: 3 },
      perTarget: [
        { target: 'red-mite', cases: 1, detection: { truths: 1 } },
        { target: 'foliage', cases: 2, detection: { truths: 2 } },
      ],
      labels: { clippedBoxes: 1, emptyBoxes: 0, withoutTarget: [{ category: 'stone', boxes: 1 }] },
    });
    const cases: readonly { readonly cases: number }[] = report.confusion;
    expect(cases.reduce((sum, row) => sum + row.cases, 0)).toBe(3);
    expect(Object.keys(report.detection)).toEqual(
      expect.arrayContaining('precision recall f1 ap30 ap50 centreRecall centrePrecision countMae'.split(' ')),
    );
    expect(report.failures.map(({ image }: { image: string }) => image)).toEqual([
      join(pictures, 'broken.png'),
      join(pictures, 'pictures', 'gone.png'),
    ]);
    expect(stderr).toContain(`${join(pictures, 'broken.png')} is not a picture that can be read`);
    expect(stderr).toContain(`${join(pictures, 'pictures', 'gone.png')} cannot be read (there is no such file).`);
    expect(code).toBe(2);
  });

  it("looks for the categories' own names where no prompts are given, and for some of them where asked", async () => {
    const { code, stdout } = await onDrawn('--categories', 'red-mite,LEAF', '--no-detection', '--json');
    const report = JSON.parse(stdout);
    expect(report).toMatchObject({
      promptSet: { id: 'category-names' },
      cases: 3,
      detection: null,
      perTarget: [
        { target: 'red-mite', name: 'Red Mite', cases: 1, detection: null },
        { target: 'leaf', name: 'leaf', cases: 2, detection: null },
      ],
      labels: { withoutTarget: [] },
    });
    expect(code).toBe(2);
  });

  it('is read by people without --json', async () => {
    const { stdout, stderr } = await onDrawn('--prompts', join(dir, 'words.yaml'), '--no-detection');
    const lines = stdout.split('\n');
    expect(lines[0]).toMatch(/^Top-1 on the labelled crops {2}\d+\.\d % {2}\(3 crops in 2 pictures\)$/);
    expect(lines[2]).toBe('target     top-1  crops');
    expect(lines.at(-2)).toBe('tiny-random-clip on cpu, prompts words');
    expect(stderr).toContain('warning: no target stands for the category "stone": 1 box left out\n');
    expect(stderr).toContain('warning: 1 box cut at the edge of the picture\n');
  });

  it.each([
    [
      'a label file that is not there',
      ['--coco', '/nowhere.json', '--images', '.'],
      '/nowhere.json cannot be read (there is no such file or folder).',
    ],
    [
      'a folder that is not there',
      ['--coco', '/nowhere.json', '--images', '/none'],
      '/none cannot be read (there is no such file or folder).',
    ],
  ])('answers %s with one line', async (_, args, line) => {
    const { code, stdout, stderr } = await fieldscout(...args);
    expect({ code, stdout, lines: stderr.trimEnd().split('\n') }).toEqual({
      code: 1,
      stdout: '',
      lines: [expect.stringContaining(line)],
    });
  });

  it('answers a category that the file does not hold, and prompts that fit none, with one line each', async () => {
    const unknown = await onDrawn('--categories', 'moth');
    expect(unknown.stderr).toBe(
      `fieldscout: ${coco} has no category "moth". Choose among: Red Mite, leaf, stone. [USAGE]\n`,
    );
    await writeFile(join(dir, 'other.yaml'), WORDS.replace('red-mite', 'moth').replace('Leaf', 'fern'));
    const unfit = await onDrawn('--prompts', join(dir, 'other.yaml'));
    expect(unfit.stderr).toBe(
      `fieldscout: No target of other has the name of a category of ${coco} (Red Mite, leaf, stone). ` +
        'Give targets the ids or names of categories, or leave --prompts out. [USAGE]\n',
    );
    expect([unknown.code, unfit.code]).toEqual([1, 1]);
  });
});

describe('fieldscout eval on real pictures', needs('pictures'), () => {
  it('recognises labelled crops far better than chance', async () => {
    const folder = evalDir ?? '';
    const file = join(folder, 'annotations.json');
    const { annotations, categories } = JSON.parse(await readFile(file, 'utf8')) as typeof labels;
    const { code, stdout } = await fieldscout('--coco', file, '--images', folder, '--no-detection', '--json');
    const report = JSON.parse(stdout);
    expect(report.cases).toBe(annotations.length);
    expect(report.top1).toBeGreaterThan(5 / categories.length);
    expect(code).toBe(0);
  }, 120_000);
});

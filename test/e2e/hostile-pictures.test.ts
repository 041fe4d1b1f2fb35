import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp, { type Sharp } from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { decodeImage } from '../../src/vision/decode.js';
import { type CommandResult, fieldscout, isOneClearLine } from '../support/hostile-command.js';
import { type HostilePicture, hostilePictures, textured, writePictures } from '../support/hostile-pictures.js';

interface Found {
  readonly image: string;
  readonly width: number;
  readonly height: number;
  readonly tiles: number;
  readonly detections: readonly {
    readonly box: { readonly x: number; readonly y: number; readonly width: number; readonly height: number };
  }[];
}

let dir: string;
let pictures: readonly HostilePicture[];
let result: CommandResult;
let reports: ReadonlyMap<string, Found>;
let refusals: readonly string[];

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'fieldscout hostile pictures 🐛 '));
  pictures = await hostilePictures();
  await writePictures(dir, pictures);
  // A link back up: following it would never end.
  await symlink('.', join(dir, 'self'));
  const words = ['detect', dir, '--json', '--scales', '1024', '--min-score', '0', '--no-negatives'];
  result = await fieldscout(words, { killAfterMs: 240_000 });
  reports = new Map(
    result.stdout
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as Found)
      .map((report) => [report.image, report]),
  );
  refusals = result.stderr.split('\n').filter(Boolean);
}, 270_000);

afterAll(() => rm(dir, { recursive: true, force: true }));

/** As a message writes a name that holds what a terminal would obey. */
const shown = (path: string) => path.replace(/\n/g, ' ').replace('\u001b', '\\x1b').replace('\u202e', '\\u202e');

const refusalsOf = (name: string) => refusals.filter((line) => line.includes(`${shown(join(dir, name))} `));

describe('a folder of more than 200 hostile pictures in one go', () => {
  it('holds at least 200 of them, each under a name of its own', () => {
    expect(pictures.length).toBeGreaterThanOrEqual(200);
    expect(new Set(pictures.map(({ name }) => name)).size).toBe(pictures.length);
  });

  it('ends with exit code 2: some could not be read', () => {
    expect(result.code).toBe(2);
  });

  it('says nothing but one clear line for each that is refused', () => {
    for (const line of refusals) {
      expect(line).toMatch(/^error: /);
      isOneClearLine(line);
    }
  });

  it('tells each picture exactly once: looked at or refused', () => {
    const told = pictures.map(({ name }) => [name, Number(reports.has(join(dir, name))) + refusalsOf(name).length]);
    expect(told).toEqual(pictures.map(({ name }) => [name, 1]));
    expect(reports.size + refusals.length).toBe(pictures.length);
  });

  it('refuses what is damaged or no picture, and says why', () => {
    for (const { name, says } of pictures.filter(({ fate }) => fate === 'refused')) {
      const [line] = refusalsOf(name);
      expect(line, name).toBeDefined();
      if (says) expect(line).toMatch(says);
    }
  });

  it('looks at every odd but sound picture, in its upright size', () => {
    const sound = pictures.filter(({ fate }) => fate === 'read');
    const sizes = sound.map(({ name }) => {
      const report = reports.get(join(dir, name));
      return [name, report?.width, report?.height];
    });
    expect(sizes).toEqual(sound.map(({ name, size }) => [name, size?.width, size?.height]));
  });

  it('keeps every box inside the upright picture', () => {
    const boxes = [...reports.values()].flatMap(({ image, width, height, detections }) =>
      detections.map(({ box }) => ({ image, width, height, box })),
    );
    expect(boxes.length).toBeGreaterThan(80);
    for (const { image, width, height, box } of boxes) {
      const inside = box.x >= 0 && box.y >= 0 && box.x + box.width <= width && box.y + box.height <= height;
      expect({ image, inside, area: box.width * box.height > 0 }).toEqual({ image, inside: true, area: true });
    }
  });

  it('looks at a sliver in as many squares as it is long, not in one for each pixel', () => {
    // Squares of 32 px that overlap by a fifth; windows between two of them are looked at besides.
    expect(reports.get(join(dir, 'size-1x40.png'))?.tiles).toBeLessThanOrEqual(2 + 1);
    expect(reports.get(join(dir, 'size-1x2000.png'))?.tiles).toBeLessThanOrEqual(78 + 128);
  });
});

describe('unusual kinds of pictures keep their colours', () => {
  const GREEN = { r: 40, g: 160, b: 80 };
  const flat = () => sharp({ create: { width: 16, height: 8, channels: 3, background: GREEN } });

  it.each([
    ['a 16-bit PNG', () => flat().toColourspace('rgb16').png(), [40, 160, 80], 1],
    ['a 16-bit TIFF', () => flat().toColourspace('rgb16').tiff({ compression: 'lzw' }), [40, 160, 80], 1],
    ['a palette PNG', () => flat().png({ palette: true }), [40, 160, 80], 1],
    ['a CMYK JPEG', () => flat().toColourspace('cmyk').jpeg({ quality: 100 }), [40, 160, 80], 30],
    ['a grey PNG', () => flat().greyscale().png(), [140, 140, 140], 2],
    ['a 16-bit grey PNG', () => flat().toColourspace('grey16').png(), [140, 140, 140], 2],
    ['a PNG that is wholly transparent', () => flat().ensureAlpha(0).png(), [40, 160, 80], 1],
    ['a lossless WebP', () => flat().webp({ lossless: true }), [40, 160, 80], 1],
  ] as const)('%s', async (name, make, expected, within) => {
    const { width, height, data } = await decodeImage(await make().toBuffer(), name);
    expect([width, height, data.length]).toEqual([16, 8, 384]);
    for (const [channel, value] of expected.entries()) {
      expect(Math.abs((data[channel] as number) - value)).toBeLessThanOrEqual(within);
    }
  });

  it('an animation shows its first picture', async () => {
    const frames = Buffer.concat([Buffer.alloc(300, 200), Buffer.alloc(300, 20)]);
    const gif = await sharp(frames, { raw: { width: 10, height: 20, channels: 3, pageHeight: 10 } })
      .gif()
      .toBuffer();
    const { width, height, data } = await decodeImage(gif, 'animation');
    expect([width, height]).toEqual([10, 10]);
    expect(Math.abs((data[0] as number) - 200)).toBeLessThan(12);
  });
});

describe('a turned photograph', () => {
  /** Red on its left half and blue on its right, upright. */
  const upright = async () => {
    const data = Buffer.alloc(12 * 8 * 3);
    for (let i = 0; i < 12 * 8; i += 1) data[i * 3 + (i % 12 < 6 ? 0 : 2)] = 255;
    return sharp(data, { raw: { width: 12, height: 8, channels: 3 } })
      .png()
      .toBuffer();
  };
  /** How a camera stores the upright picture under each EXIF orientation; sharp mirrors before it turns. */
  const stored = {
    1: (picture: Sharp) => picture,
    2: (picture: Sharp) => picture.flop(),
    3: (picture: Sharp) => picture.rotate(180),
    4: (picture: Sharp) => picture.flip(),
    5: (picture: Sharp) => picture.rotate(270).flop(),
    6: (picture: Sharp) => picture.rotate(270),
    7: (picture: Sharp) => picture.rotate(90).flop(),
    8: (picture: Sharp) => picture.rotate(90),
  } as const;

  it.each([1, 2, 3, 4, 5, 6, 7, 8] as const)('stands upright again under EXIF orientation %i', async (orientation) => {
    const turned = await stored[orientation](sharp(await upright()))
      .png()
      .toBuffer();
    const file = await sharp(turned).withMetadata({ orientation }).png().toBuffer();
    const { width, height, data } = await decodeImage(file, 'turned');
    expect([width, height]).toEqual([12, 8]);
    const pixel = (x: number, y: number) => [...data.subarray((y * 12 + x) * 3, (y * 12 + x) * 3 + 3)];
    expect([pixel(0, 0), pixel(5, 7), pixel(6, 0), pixel(11, 7)]).toEqual([
      [255, 0, 0],
      [255, 0, 0],
      [0, 0, 255],
      [0, 0, 255],
    ]);
  });
});

describe('pictures named one by one', () => {
  it('goes on with the others where one is not there', async () => {
    const folder = join(dir, 'named');
    await mkdir(folder);
    await writeFile(join(folder, '-rf.jpg'), await textured().jpeg().toBuffer());
    const { code, stdout, stderr } = await fieldscout(['detect', '--json', '--', '-rf.jpg', 'not there.jpg'], {
      cwd: folder,
    });
    expect(code).toBe(2);
    expect((JSON.parse(stdout) as Found).image).toBe('-rf.jpg');
    expect(stderr).toBe(
      'error: not there.jpg cannot be read (there is no such file). Check the path and its permissions. [IMAGE_UNREADABLE]\n',
    );
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FieldscoutError } from '../../src/errors.js';
import { clipBox, parseCoco, readCoco } from '../../src/evaluation/coco.js';

const valid = () => ({
  images: [
    { id: 1, file_name: 'images/a.jpg', width: 100, height: 80 },
    { id: 'two', file_name: 'b.jpg', width: 50, height: 50 },
  ],
  annotations: [
    { id: 1, image_id: 1, category_id: 7, bbox: [10, 20, 30, 40], area: 1200, iscrowd: 0, segmentation: [[1, 2]] },
    { id: 2, image_id: 1, category_id: 8, bbox: [-5, 70, 20, 20], iscrowd: 1, visible: 0.25 },
    { id: 3, image_id: 'two', category_id: 7, bbox: [50, 0, 10, 10] },
  ],
  categories: [
    { id: 7, name: 'aphid', supercategory: 'insect' },
    { id: 8, name: 'mite' },
  ],
});

const withChange = (change: (file: ReturnType<typeof valid>) => void): string => {
  const file = valid();
  change(file);
  return JSON.stringify(file);
};

const faultOf = (text: string): { code: string; message: string } => {
  try {
    parseCoco(text, 'a.json');
  } catch (error) {
    if (error instanceof FieldscoutError) return { code: error.code, message: error.message };
    throw error;
  }
  throw new Error('no fault was found');
};

describe('parseCoco', () => {
  it('gives each picture its boxes, cut at the edge, and counts those cut and those left out', () => {
    expect(parseCoco(JSON.stringify(valid()), 'a.json')).toEqual({
      categories: ['aphid', 'mite'],
      pictures: [
        {
          fileName: 'images/a.jpg',
          width: 100,
          height: 80,
          boxes: [
            { category: 'aphid', box: { x: 10, y: 20, width: 30, height: 40 }, crowd: false, visible: 1 },
            { category: 'mite', box: { x: 0, y: 70, width: 15, height: 10 }, crowd: true, visible: 0.25 },
          ],
        },
        { fileName: 'b.jpg', width: 50, height: 50, boxes: [] },
      ],
      clippedBoxes: 1,
      emptyBoxes: 1,
    });
  });

  it.each<[string, (file: ReturnType<typeof valid>) => void, string]>([
    [
      'a box of three numbers',
      (file) => file.annotations[1]?.bbox.pop(),
      'a.json: annotations[1].bbox: Too small: expected array to have >=4 items.',
    ],
    [
      'a negative width',
      (file) => file.annotations[0]?.bbox.splice(2, 1, -3),
      'a.json: annotations[0].bbox[2]: Too small: expected number to be >=0.',
    ],
    [
      'an annotation of a picture that is not listed',
      (file) => Object.assign(file.annotations[2] ?? {}, { image_id: 9 }),
      'a.json: annotations[2].image_id: no image has the id 9.',
    ],
    [
      'an annotation of a category that is not listed',
      (file) => Object.assign(file.annotations[0] ?? {}, { category_id: 'x' }),
      'a.json: annotations[0].category_id: no category has the id "x".',
    ],
    [
      'an id that is there twice',
      (file) => Object.assign(file.images[1] ?? {}, { id: 1 }),
      'a.json: images[1].id: 1 is there twice.',
    ],
    [
      'a path out of the folder',
      (file) => Object.assign(file.images[0] ?? {}, { file_name: 'images/../../secret.jpg' }),
      'a.json: images[0].file_name: is no path inside the folder of pictures.',
    ],
    [
      'an absolute path',
      (file) => Object.assign(file.images[1] ?? {}, { file_name: '/etc/passwd' }),
      'a.json: images[1].file_name: is no path inside the folder of pictures.',
    ],
    [
      'a category without a name',
      (file) => Object.assign(file.categories[0] ?? {}, { name: ' -' }),
      'a.json: categories[0].name: needs at least one letter or digit.',
    ],
    [
      'a file without categories, and says that there are more faults',
      (file) => Object.assign(file, { categories: [], annotations: 'none' }),
      'a.json: annotations: Invalid input: expected array, received string (and 1 more).',
    ],
  ])('names the place of %s', (_, change, message) => {
    expect(faultOf(withChange(change))).toEqual({ code: 'COCO_INVALID', message });
  });

  it.each([['not json'], ['[1, 2'], [''], ['null'], ['[]'], ['"text"'], ['{}']])('refuses %j', (text) => {
    expect(faultOf(text).code).toBe('COCO_INVALID');
  });

  it('answers any JSON with a set or with COCO_INVALID', () => {
    fc.assert(
      fc.property(fc.json(), (text) => {
        expect(faultOf(text).code).toBe('COCO_INVALID');
      }),
    );
  });
});

describe('readCoco', () => {
  it('names a file that is not there', async () => {
    await expect(readCoco('/nowhere/labels.json')).rejects.toMatchObject({
      code: 'COCO_INVALID',
      message: '/nowhere/labels.json cannot be read (there is no such file or folder).',
    });
  });
});

describe('clipBox', () => {
  const picture = { width: 100, height: 80 };
  const number = fc.integer({ min: -200, max: 300 });
  const side = fc.integer({ min: 0, max: 300 });

  it('keeps a box inside the picture as it is, to the last bit', () => {
    const box = { x: 0.1, y: 0.2, width: 0.3, height: 0.7 };
    expect(clipBox(box, picture)).toEqual(box);
  });

  it('gives the part that lies in the picture, or nothing', () => {
    fc.assert(
      fc.property(number, number, side, side, (x, y, width, height) => {
        const clipped = clipBox({ x, y, width, height }, picture);
        const pixelsInside =
          Math.max(0, Math.min(100, x + width) - Math.max(0, x)) *
          Math.max(0, Math.min(80, y + height) - Math.max(0, y));
        expect(clipped === null ? 0 : clipped.width * clipped.height).toBe(pixelsInside);
        if (clipped) expect(clipBox(clipped, picture)).toEqual(clipped);
      }),
    );
  });
});

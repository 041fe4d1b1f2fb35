import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseCoco } from '../../src/evaluation/coco.js';
import { labelledPictures } from '../../src/evaluation/labelled-pictures.js';

let dir = '';
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'fieldscout-labels-'));
  await writeFile(join(dir, 'a.jpg'), '');
});
afterEach(() => rm(dir, { recursive: true }));

const coco = parseCoco(
  JSON.stringify({
    images: [{ id: 1, file_name: 'a.jpg', width: 200, height: 100 }],
    annotations: [
      { image_id: 1, category_id: 1, bbox: [0, 0, 30, 10] },
      { image_id: 1, category_id: 1, bbox: [50, 0, 23, 23] },
      { image_id: 1, category_id: 1, bbox: [100, 0, 40, 40], visible: 0.4 },
      { image_id: 1, category_id: 1, bbox: [150, 0, 40, 40], visible: 0.5 },
      { image_id: 1, category_id: 1, bbox: [0, 50, 40, 40], iscrowd: 1 },
    ],
    categories: [{ id: 1, name: 'aphid' }],
  }),
  'labels.json',
);
const mapping = { targetOf: new Map([['aphid', 'aphid']]), withoutTarget: [] };

describe('labelledPictures', () => {
  it('asks for every label but crowds where nothing is left out', async () => {
    const [picture] = await labelledPictures(coco, mapping, dir, { minPx: 0, minVisible: 0 });
    expect(picture?.truths.map(({ box }) => box.x)).toEqual([0, 50, 100, 150]);
    expect(picture?.crowds.map(({ box }) => box.y)).toEqual([50]);
  });

  it('neither asks for what is too small or hidden nor holds it against a detection, as with a crowd', async () => {
    const [picture] = await labelledPictures(coco, mapping, dir, { minPx: 24, minVisible: 0.5 });
    expect(picture?.truths.map(({ box }) => box.x)).toEqual([0, 150]);
    expect(picture?.crowds.map(({ box }) => [box.x, box.y])).toEqual([
      [50, 0],
      [100, 0],
      [0, 50],
    ]);
  });
});

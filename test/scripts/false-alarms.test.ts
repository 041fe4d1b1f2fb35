import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { measureFalseAlarms } from '../../scripts/scout-tiny/false-alarms.js';
import { tinyClipDir } from '../support/tiny-clip.js';

let dir = '';

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'fieldscout-alarms-'));
  const picture = sharp({ create: { width: 336, height: 224, channels: 3, background: '#40a050' } });
  for (const name of ['tagged.png', 'bare.png']) await picture.clone().png().toFile(join(dir, name));
  const tag = (bbox: readonly number[], kind: string) => ({ image_id: 1, bbox, attributes: { kind } });
  const images = [
    { id: 1, file_name: 'tagged.png' },
    { id: 2, file_name: 'bare.png' },
  ];
  // The left one of two tiles has its middle on the tag; the drop is none.
  const things = [tag([0, 0, 150, 224], 'tag'), tag([150, 0, 186, 224], 'water drop')];
  await writeFile(join(dir, 'annotations.json'), JSON.stringify({ images, things, annotations: [], categories: [] }));
});
afterAll(() => rm(dir, { recursive: true }));

describe('false alarms', () => {
  const look = ['--model', tinyClipDir, '--scales', '224', '--overlap', '0.5', '--no-second-look'];
  const words = ['--prompt', 'an aphid', '--prompt', 'a beetle', '--no-negatives'];

  it('are counted by frame, with and without a tag in it, and by what lies on a tag', async () => {
    const all = await measureFalseAlarms(dir, [...look, ...words, '--min-score', '0']);
    expect(all.tagged).toEqual({ frames: 1, framesWithDetections: 1 });
    expect(all.untagged).toEqual({ frames: 1, framesWithDetections: 1 });
    expect(all.detectionsOnTags).toBe(1);
  }, 60_000);

  it('are none where nothing is detected', async () => {
    const none = { frames: 1, framesWithDetections: 0 };
    expect(await measureFalseAlarms(dir, [...look, ...words, '--min-score', '1'])).toEqual({
      tagged: none,
      untagged: none,
      detectionsOnTags: 0,
    });
  }, 60_000);
});

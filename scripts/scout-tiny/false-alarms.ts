import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { holdsCentre } from '../../src/evaluation/centre-hits.js';
import type { Box, Detection } from '../../src/types.js';
import { type CocoFile, fieldscout } from './frames.js';

/** What was detected on frames without a pest. */
export interface FalseAlarms {
  readonly tagged: Alarms;
  readonly untagged: Alarms;
  /** Detections whose middle lies on a printed tag. */
  readonly detectionsOnTags: number;
}

interface Alarms {
  readonly frames: number;
  readonly framesWithDetections: number;
}

const FRAMES_A_RUN = 50;

type Found = Pick<Detection, 'box'>;

/** @param dir frames without a pest and their `annotations.json`. @param look options of `fieldscout detect` */
export async function measureFalseAlarms(dir: string, look: readonly string[]): Promise<FalseAlarms> {
  const { images, things } = JSON.parse(await readFile(join(dir, 'annotations.json'), 'utf8')) as CocoFile;
  const frames: { readonly found: readonly Found[]; readonly tags: CocoFile['things'] }[] = [];
  for (let from = 0; from < images.length; from += FRAMES_A_RUN) {
    const some = images.slice(from, from + FRAMES_A_RUN);
    const lines = (
      await fieldscout(['detect', ...some.map((one) => join(dir, one.file_name)), '--json', ...look])
    ).trim();
    for (const line of lines.split('\n')) {
      const { image, detections } = JSON.parse(line) as {
        readonly image: string;
        readonly detections: readonly Found[];
      };
      const id = some.find((one) => join(dir, one.file_name) === image)?.id;
      if (id === undefined) throw new Error(`${image} is none of the frames that were asked for`);
      const tags = things.filter(({ image_id, attributes }) => image_id === id && attributes.kind === 'tag');
      frames.push({ found: detections, tags });
    }
    console.error(`${frames.length} of ${images.length} frames without a pest`);
  }
  if (frames.length !== images.length)
    throw new Error(`${dir}: ${frames.length} of ${images.length} frames were looked at`);
  const alarmsOf = (isTagged: boolean): Alarms => {
    const these = frames.filter(({ tags }) => tags.length > 0 === isTagged);
    return { frames: these.length, framesWithDetections: these.filter(({ found }) => found.length > 0).length };
  };
  const onTags = frames.map(
    ({ found, tags }) => found.filter((one) => tags.some(({ bbox }) => holdsCentre(boxOf(bbox), one.box))).length,
  );
  return {
    tagged: alarmsOf(true),
    untagged: alarmsOf(false),
    detectionsOnTags: onTags.reduce((sum, count) => sum + count, 0),
  };
}

function boxOf([x, y, width, height]: CocoFile['things'][number]['bbox']): Box {
  return { x, y, width, height };
}

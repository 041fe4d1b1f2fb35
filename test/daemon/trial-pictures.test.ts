import { copyFile, mkdir, mkdtemp, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { trialPictures } from '../../src/daemon/trial-pictures.js';

let dir: string;
let warned: string[];
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'trial-pictures-'));
  await mkdir(join(dir, 'bed'));
  warned = [];
});
afterEach(() => rm(dir, { recursive: true, force: true }));

async function keep(name: string, side: number, keptS: number): Promise<string> {
  const path = join(dir, 'bed', name);
  await sharp({ create: { width: side, height: side, channels: 3, background: 'olive' } })
    .jpeg()
    .toFile(path);
  await utimes(path, keptS, keptS);
  return path;
}

const pictures = async (frame?: Uint8Array) =>
  (await trialPictures('bed', { dir, frameOf: () => frame, warn: (line) => void warned.push(line) })).map(
    ({ picture, image }) => `${picture} ${image.width}`,
  );

describe('what a running node tries a model on', () => {
  it('is the newest kept pictures of a camera, without one that is damaged', async () => {
    for (const [i, name] of ['a.jpg', 'b.jpg', 'c.jpg', 'd.jpg', 'e.jpg'].entries()) await keep(name, 8 + i, 1000 + i);
    const frame = await readFile(join(dir, 'bed', 'a.jpg'));
    await writeFile(join(dir, 'bed', 'c.jpg'), 'no picture');
    await utimes(join(dir, 'bed', 'c.jpg'), 1002, 1002);
    expect(await pictures(frame)).toEqual(['e.jpg 12', 'd.jpg 11', 'b.jpg 9']);
    expect(warned).toEqual([expect.stringMatching(/c\.jpg .*\[IMAGE_UNREADABLE\]$/)]);
  });

  it('is little enough for the memory of a small board', async () => {
    const large = await keep('a.jpg', 4000, 1000);
    for (const name of ['b.jpg', 'c.jpg']) await copyFile(large, join(dir, 'bed', name));
    expect(await pictures()).toHaveLength(1);
  });

  it('is the newest frame where nothing was kept, and nothing where there is none', async () => {
    expect(await pictures()).toEqual([]);
    const frame = await readFile(await keep('a.jpg', 16, 1000));
    await rm(join(dir, 'bed'), { recursive: true });
    expect(await pictures(frame)).toEqual(['the newest frame 16']);
  });
});

/**
 * Cutting and packing the tiles of one 4000x3000 picture: Fieldscout's way (decode once, resize once a scale, copy windows) against
 * the obvious one (one sharp pipeline a tile from the JPEG).
 *
 *     npx tsx bench/tiling.ts [--scale 448]
 */
import { parseArgs } from 'node:util';
import sharp from 'sharp';
import { openModelFolder } from '../src/models/open-model-folder.js';
import { bundledModels } from '../src/paths.js';
import { decodeImage } from '../src/vision/decode.js';
import { channelTables, packSquare } from '../src/vision/pack.js';
import { tileBatches } from '../src/vision/tile-batches.js';
import { planTiles } from '../src/vision/tile-plan.js';

const { values } = parseArgs({ options: { scale: { type: 'string', default: '448' } } });
const { preprocessor } = await openModelFolder('scout-tiny', { searchDirs: [bundledModels] });
const side = preprocessor.inputSize;
const noise = {
  create: {
    width: 4000,
    height: 3000,
    channels: 3 as const,
    background: '#447733',
    noise: { type: 'gaussian' as const, mean: 120, sigma: 40 },
  },
};
const jpeg = await sharp(noise).blur(2).jpeg({ quality: 90 }).toBuffer();
const tiles = planTiles(
  { width: 4000, height: 3000 },
  { scales: [Number(values.scale)], overlap: 0.2, wholeFrame: false },
);

async function ours(): Promise<void> {
  const image = await decodeImage(jpeg, 'bench');
  for await (const batch of tileBatches(image, tiles, preprocessor, 16))
    if (batch.pixels.length === 0) throw new Error('empty');
}

async function obvious(): Promise<void> {
  const tables = channelTables(preprocessor);
  for (const { box } of tiles) {
    const data = await sharp(jpeg)
      .extract({ left: box.x, top: box.y, width: box.width, height: box.height })
      .resize(side, side, { kernel: 'cubic' })
      .removeAlpha()
      .raw()
      .toBuffer();
    packSquare({ width: side, height: side, data }, 0, 0, side, tables, new Float32Array(3 * side * side), 0);
  }
}

for (const [name, run] of [
  ['decode once, resize once a scale', ours],
  ['one pipeline a tile', obvious],
] as const) {
  await run();
  const start = performance.now();
  for (let round = 0; round < 3; round += 1) await run();
  console.log(
    `${name.padEnd(34)} ${((performance.now() - start) / 3).toFixed(0).padStart(6)} ms for ${tiles.length} tiles`,
  );
}

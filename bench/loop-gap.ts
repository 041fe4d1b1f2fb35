/**
 * How long the daemon's main loop is held up while tiles are encoded: Fieldscout's worker against onnxruntime-node called on the
 * main thread, same model, same batches. Target: below 50 ms.
 *
 *     npx tsx bench/loop-gap.ts [--seconds 10]
 */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import ort from 'onnxruntime-node';
import { loadClip } from '../src/clip/load-clip.js';
import { openModelFolder } from '../src/models/open-model-folder.js';
import { bundledModels } from '../src/paths.js';
import { tileBatches } from '../src/vision/tile-batches.js';
import { planTiles } from '../src/vision/tile-plan.js';

const { values } = parseArgs({ options: { seconds: { type: 'string', default: '10' } } });
const BATCH = 16;
const folder = await openModelFolder('scout-tiny', { searchDirs: [bundledModels] });
const frame = { width: 1920, height: 1080, data: new Uint8Array(1920 * 1080 * 3).map((_, i) => (i * 7919) % 256) };
const tiles = planTiles(frame, { scales: [224], overlap: 0.2, wholeFrame: true });

type Encode = (pixels: Float32Array, count: number) => Promise<unknown>;

async function measure(name: string, encode: Encode): Promise<void> {
  for await (const { pixels, tiles: part } of tileBatches(frame, tiles, folder.preprocessor, BATCH)) {
    await encode(pixels, part.length); // warm-up
  }
  const delay = monitorEventLoopDelay({ resolution: 1 });
  delay.enable();
  const end = performance.now() + Number(values.seconds) * 1000;
  const start = performance.now();
  let encoded = 0;
  while (performance.now() < end) {
    for await (const { pixels, tiles: part } of tileBatches(frame, tiles, folder.preprocessor, BATCH)) {
      await encode(pixels, part.length);
      encoded += part.length;
    }
  }
  delay.disable();
  const ms = (ns: number) => (ns / 1e6).toFixed(1).padStart(7);
  const rate = (encoded / (performance.now() - start)) * 1000;
  console.log(
    `${name.padEnd(14)} longest gap ${ms(delay.max)} ms  p99 ${ms(delay.percentile(99))} ms  ${rate.toFixed(0)} tiles/s`,
  );
}

const clip = await loadClip(folder, { providers: ['cpu'], precision: 'auto', threads: 0 }, { warn: console.warn });
await measure('worker', (pixels, count) => clip.encodeImages(pixels, count));
await clip.close();

const session = await ort.InferenceSession.create(folder.visionFiles.fp32 as string);
const side = folder.preprocessor.inputSize;
await measure('main thread', (pixels, count) =>
  session.run({ pixel_values: new ort.Tensor('float32', pixels, [count, 3, side, side]) }),
);
await session.release();

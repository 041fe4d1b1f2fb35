/**
 * Paints every scene and every condition into one picture for the documents.
 *
 *     npx tsx scripts/sim-contact-sheet.ts [--out docs/images/sim-contact-sheet.jpg]
 */
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import sharp from 'sharp';
import { conditionNames } from '../src/sim/conditions/conditions.js';
import { ScenePainter } from '../src/sim/scene-painter.js';
import { sceneNames } from '../src/sim/scenes.js';
import { openScene } from '../src/sim/sim-source.js';

const { values } = parseArgs({
  options: {
    out: { type: 'string', default: fileURLToPath(new URL('../docs/images/sim-contact-sheet.jpg', import.meta.url)) },
  },
});

interface Cell {
  readonly source: string;
  readonly timeMs: number;
  readonly left: number;
  readonly top: number;
  readonly width: number;
  readonly height: number;
}

const WIDTH = 1680;
const GAP = 6;
const TIME_MS = 6000;

/** A row of pictures of 16:9 that fills the width. */
function rowOf(sources: readonly string[], top: number): { readonly cells: readonly Cell[]; readonly bottom: number } {
  const width = Math.floor((WIDTH - GAP * (sources.length - 1)) / sources.length);
  const height = Math.round((width * 9) / 16);
  const cells = sources.map((source, index) => ({
    source,
    timeMs: TIME_MS,
    left: index * (width + GAP),
    top,
    width,
    height,
  }));
  return { cells, bottom: top + height + GAP };
}

const names = sceneNames();
const weathered = conditionNames().filter((condition) => condition !== 'day');
const shown = weathered.map((condition, index) => `${names[index % names.length]}?condition=${condition}`);
const rows = [
  names.slice(0, 2),
  names.slice(2),
  shown.slice(0, 4),
  shown.slice(4, 8),
  [...shown.slice(8), 'leaf?empty'],
];
const cells: Cell[] = [];
let bottom = 0;
for (const sources of rows) {
  const row = rowOf(sources, bottom);
  cells.push(...row.cells);
  bottom = row.bottom;
}

const layers = [];
for (const { source, timeMs, left, top, width, height } of cells) {
  const painted = await new ScenePainter(openScene(source, 7), { width, height }).paint(timeMs);
  const label = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="26"><rect width="${source.length * 8.1 + 46}" height="26" fill="#0b120d" fill-opacity="0.72"/><text x="9" y="18" font-family="DejaVu Sans Mono, monospace" font-size="13" fill="#eef3e6">sim:${source}</text></svg>`;
  layers.push({ input: Buffer.from(painted), left, top });
  layers.push({ input: Buffer.from(label), left, top: top + height - 26 });
}
await mkdir(dirname(values.out), { recursive: true });
const { size } = await sharp({ create: { width: WIDTH, height: bottom - GAP, channels: 3, background: '#0b120d' } })
  .composite(layers)
  .jpeg({ quality: 70, mozjpeg: true })
  .toFile(values.out);
console.log(`${values.out}: ${cells.length} pictures, ${Math.round(size / 1000)} kB`);

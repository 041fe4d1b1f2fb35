/**
 * How fast the simulated field is painted: each scene at two sizes, as many pictures under way as `fieldscout sim` has.
 *
 *     npx tsx bench/sim.ts [--frames 60] [--scene leaf] [--condition day]
 */
import { parseArgs } from 'node:util';
import { PICTURES_AT_ONCE } from '../src/sim/dataset.js';
import { ScenePainter } from '../src/sim/scene-painter.js';
import { sceneNames } from '../src/sim/scenes.js';
import { openScene } from '../src/sim/sim-source.js';

const { values } = parseArgs({
  options: {
    frames: { type: 'string', default: '60' },
    scene: { type: 'string' },
    condition: { type: 'string', default: 'day' },
  },
});
const frames = Number(values.frames);
const names = values.scene ? [values.scene] : sceneNames();
const sizes = [
  { width: 640, height: 480 },
  { width: 1920, height: 1080 },
];
const INTERVAL_MS = 1000;
const PROBE_MS = 2;

for (const name of names)
  for (const size of sizes) {
    const painter = new ScenePainter(openScene(`${name}?condition=${values.condition}`, 7), size);
    const started = performance.now();
    await painter.paint(0);
    const firstMs = performance.now() - started;
    let next = 1;
    const work = async () => {
      while (next <= frames) {
        const number = next;
        next += 1;
        await painter.paint(number * INTERVAL_MS);
      }
    };
    let longestGapMs = 0;
    let seen = performance.now();
    const probe = setInterval(() => {
      longestGapMs = Math.max(longestGapMs, performance.now() - seen - PROBE_MS);
      seen = performance.now();
    }, PROBE_MS);
    const cpuBefore = process.cpuUsage();
    const began = performance.now();
    await Promise.all(Array.from({ length: PICTURES_AT_ONCE }, work));
    const tookMs = performance.now() - began;
    const cpu = process.cpuUsage(cpuBefore);
    clearInterval(probe);
    const column = (value: number, unit: string) => `${value.toFixed(1).padStart(7)} ${unit}`;
    console.log(
      `${name.padEnd(13)} ${`${size.width}x${size.height}`.padEnd(10)}`,
      column((1000 * frames) / tookMs, 'frames/s'),
      column((cpu.user + cpu.system) / 1000 / frames, 'ms CPU/frame'),
      column(longestGapMs, 'ms longest gap'),
      column(firstMs, 'ms first'),
    );
  }

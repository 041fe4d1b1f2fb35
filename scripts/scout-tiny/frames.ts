import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { textIfThere } from '../../src/regular-file.js';
import { sceneNames } from '../../src/sim/scenes.js';

const program = fileURLToPath(new URL('../../bin/fieldscout.mjs', import.meta.url));

/** Simulated frames of every scene: seeds that training never saw (it uses those from 1000 on). */
export interface FramePlan {
  readonly name: string;
  readonly seeds: readonly number[];
  readonly framesPerSeed: number;
  /** One for each seed in turn. */
  readonly conditions: readonly string[];
  readonly size: string;
  readonly empty: boolean;
}

/** Scene time between two frames: long enough that other animals have come meanwhile. */
const INTERVAL_MS = '23000';

export interface CocoFile {
  readonly images: { id: number; file_name: string }[];
  readonly annotations: { id: number; image_id: number }[];
  /** What is no animal. */
  readonly things: {
    image_id: number;
    bbox: [number, number, number, number];
    attributes: { readonly kind: string };
  }[];
  readonly categories: unknown;
}

/** Runs the program and gives what it printed. */
export async function fieldscout(args: readonly string[]): Promise<string> {
  const child = spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let out = '';
  let log = '';
  child.stdout.on('data', (chunk) => {
    out += chunk;
  });
  child.stderr.on('data', (chunk) => {
    log += chunk;
  });
  const code = await new Promise((resolve) => child.on('close', resolve));
  if (code !== 0) throw new Error(`fieldscout ${args.join(' ')} ended with ${code}: ${log.slice(-2000)}`);
  return out;
}

/**
 * Paints what is missing of a plan and joins the scenes' truths. @returns the folder, with `annotations.json` for all.
 * @throws Error where the folder holds the frames of another plan
 */
export async function paintFrames(work: string, plan: FramePlan): Promise<string> {
  const dir = join(work, plan.name);
  const joined = join(dir, 'annotations.json');
  const planFile = join(dir, 'plan.json');
  const wanted = JSON.stringify(plan);
  await mkdir(dir, { recursive: true });
  if (((await textIfThere(planFile)) ?? wanted) !== wanted)
    throw new Error(`${dir} holds frames of another plan: delete it, or take another work folder.`);
  if (existsSync(joined)) return dir;
  await writeFile(planFile, wanted);
  const all: CocoFile = { images: [], annotations: [], things: [], categories: undefined };
  let categories: unknown;
  for (const scene of sceneNames())
    for (const [index, seed] of plan.seeds.entries()) {
      const name = `${scene}-${seed}`;
      const condition = plan.conditions[index % plan.conditions.length] as string;
      if (!existsSync(join(dir, name, 'annotations.json'))) {
        await rm(join(dir, name), { recursive: true, force: true });
        const chosen = ['--scene', scene, '--seed', String(seed), '--frames', String(plan.framesPerSeed)];
        const look = ['--size', plan.size, '--condition', condition, '--interval', INTERVAL_MS];
        await fieldscout(['sim', ...chosen, ...look, ...(plan.empty ? ['--empty'] : []), '--out', join(dir, name)]);
      }
      const part = JSON.parse(await readFile(join(dir, name, 'annotations.json'), 'utf8')) as CocoFile;
      const before = all.images.length;
      for (const image of part.images)
        all.images.push({ ...image, id: image.id + before, file_name: `${name}/${image.file_name}` });
      for (const annotation of part.annotations)
        all.annotations.push({ ...annotation, id: all.annotations.length + 1, image_id: annotation.image_id + before });
      for (const thing of part.things) all.things.push({ ...thing, image_id: thing.image_id + before });
      categories = part.categories;
    }
  await writeFile(joined, JSON.stringify({ ...all, categories }));
  return dir;
}

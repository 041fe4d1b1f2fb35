import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { ClipModel } from '../../src/clip/clip-model.js';
import { configSchema } from '../../src/config/schema.js';
import { buildLine, type LineSurroundings } from '../../src/daemon/build-line.js';
import { RecentFindings } from '../../src/dashboard/recent-findings.js';
import { KeptPictures } from '../../src/journal/kept-pictures.js';
import { nodeTopics } from '../../src/uplink/topics.js';
import { loadTinyClip } from '../support/tiny-clip.js';

const words = (prompt: string) =>
  `title: Words\ntemplates: ["{}"]\nnegatives: []\ntargets:\n  - { id: thing, name: Thing, prompts: [${prompt}] }\n`;

let clip: ClipModel;
let dir: string;
let lines: string[];
let warned: (readonly string[])[];
let encodes: boolean;

beforeAll(async () => {
  clip = await loadTinyClip();
});
afterAll(() => clip.close());
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'build-line-'));
  lines = [];
  warned = [];
  encodes = true;
  await writeFile(join(dir, 'words.yaml'), words('a green aphid'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

/** The real model, which fails on words while it is told to. */
const failing = (): ClipModel => ({
  model: clip.model,
  textTower: clip.textTower,
  embeddingSize: clip.embeddingSize,
  preprocessor: clip.preprocessor,
  centreSampled: clip.centreSampled,
  calibration: clip.calibration,
  negatives: clip.negatives,
  vocabulary: new Set(['a', 'green', 'aphid']),
  provider: clip.provider,
  precision: clip.precision,
  restarts: 0,
  encodeTexts: async (texts) => {
    if (!encodes) throw new Error('the model gave an embedding that is not a number');
    return clip.encodeTexts(texts);
  },
  encodeImages: (pixels, count) => clip.encodeImages(pixels, count),
  close: async () => undefined,
});

async function line() {
  const config = configSchema.parse({ cameras: [{ id: 'bed', source: 'sim:leaf', prompts: ['words.yaml'] }] });
  const surroundings: LineSurroundings = {
    config,
    baseDir: dir,
    promptsDirs: [],
    storageDir: dir,
    clip: failing(),
    batchSize: 4,
    heat: undefined,
    rest: async () => undefined,
    pictures: new KeptPictures({
      dir: join(dir, 'pictures'),
      maxBytes: 0,
      maxDays: 0,
      minFreeBytes: 0,
      onDeleted: () => undefined,
      onFault: () => undefined,
      now: Date.now,
    }),
    record: () => undefined,
    topics: nodeTopics('fieldscout', 'farm', 'scout'),
    frames: undefined,
    findings: new RecentFindings(),
    memoryOf: () => undefined,
    settingsOf: () => ({}),
    clockTrust: () => 'unknown',
    publish: () => undefined,
    warn: (_, said) => void warned.push(said),
    onPrompts: () => undefined,
    onFirstFrame: () => undefined,
    log: pino({}, { write: (text: string) => void lines.push((JSON.parse(text) as { msg: string }).msg) }),
  };
  return buildLine(config.cameras[0] as (typeof config.cameras)[number], surroundings);
}

describe('a prompt file that is edited while the node runs', () => {
  it('takes the place of the old one only once it was parsed and embedded', async () => {
    const { line: running, watcher } = await line();
    const inForce = () => running.promptSet.targets[0]?.prompts[0];
    const edit = async (text: string) => {
      await writeFile(join(dir, 'words.yaml'), text);
      await watcher.poll();
      await watcher.poll();
    };
    await edit('title: Words\ntargets: [\n');
    expect(lines.at(-1)).toMatch(/^the prompts stay as they were: .*words\.yaml:\d+:\d+: not YAML/);
    expect(inForce()).toBe('a green aphid');

    encodes = false;
    const said = warned.length;
    await edit(words('a purple bug'));
    expect(lines.at(-1)).toBe('the prompts stay as they were: the model gave an embedding that is not a number');
    expect(inForce()).toBe('a green aphid');
    expect(warned).toHaveLength(said); // nothing is said of words that are not in force

    encodes = true;
    await watcher.poll();
    expect(lines.at(-1)).toBe('prompts reloaded');
    expect(inForce()).toBe('a purple bug');
    expect(warned.at(-1)?.join()).toContain('purple');
  });
});

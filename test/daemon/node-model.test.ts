import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { ClipModel } from '../../src/clip/clip-model.js';
import { writePreviousModel } from '../../src/config/previous-model.js';
import { configSchema } from '../../src/config/schema.js';
import { LineSight } from '../../src/daemon/line-sight.js';
import { NodeModel } from '../../src/daemon/node-model.js';
import type { Sight } from '../../src/inspection/sight.js';
import { embedPromptSet } from '../../src/prompts/embed.js';
import { loadPromptSets } from '../../src/prompts/load.js';
import { TextCache } from '../../src/prompts/text-cache.js';
import { Warnings } from '../../src/telemetry/warnings.js';
import { drawnDir, tinyClipDir, WORDS } from '../support/tiny-clip.js';

/** Real models are loaded: a busy machine takes its time. */
vi.setConfig({ testTimeout: 240_000, hookTimeout: 120_000 });

/** Its sigmoid gives no score of the random pictures a half, where softmax over two targets always does. */
const siglipDir = fileURLToPath(new URL('../fixtures/tiny-random-siglip', import.meta.url));
const config = configSchema.parse({
  model: tinyClipDir,
  detection: { minScore: 0.5 },
  cameras: [{ id: 'bed', source: 'folder:pictures', prompts: ['words.yaml'], tiles: { scales: [1024] } }],
});

let dir: string;
let configFile: string;
let stop: AbortController;
let warnings: Warnings;
let logged: string[];
let changes: number;
/** The model that each sight brought into force. */
let used: string[];
/** Ends the frame that the camera looks at. */
let endFrame: () => void;
let followed: ClipModel | undefined;
let model: NodeModel;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'node-model-'));
  configFile = join(dir, 'fieldscout.yaml');
  stop = new AbortController();
  logged = [];
  used = [];
  changes = 0;
  endFrame = () => undefined;
  warnings = new Warnings((line) => void logged.push(line));
  await writeFile(join(dir, 'words.yaml'), WORDS);
  await mkdir(join(dir, 'pictures/bed'), { recursive: true });
  for (const name of ['97x131', '224x224', '300x500'])
    await sharp(join(drawnDir, `drawn-${name}.png`))
      .jpeg()
      .toFile(join(dir, 'pictures/bed', `${name}.jpg`));
  const lines: { camera: (typeof config.cameras)[number]; sight: LineSight }[] = [];
  model = new NodeModel({
    config,
    configFile,
    baseDir: dir,
    modelDirs: [],
    inference: { providers: ['cpu'], precision: 'auto', batchSize: 4 },
    storageDir: dir,
    signal: stop.signal,
    watch: {
      over: (clip) => clip,
      follow: (clip) => {
        followed = clip;
      },
    },
    warnings,
    lines,
    frames: { latest: () => undefined },
    onChange: () => {
      changes += 1;
    },
    log: { info: (...words: unknown[]) => void logged.push(String(words.at(-1))), warn: () => undefined },
  });
  const cache = new TextCache({ dir: join(dir, 'texts'), warn: () => undefined });
  const sight = new LineSight({
    clip: await model.open(),
    names: ['words.yaml'],
    load: (names) =>
      loadPromptSets(
        names.map((name) => join(dir, name)),
        { promptsDirs: [] },
      ),
    embed: (set, clip) => embedPromptSet(set, clip, cache),
    use: (_, { clip, prompts }: Sight) => {
      expect(prompts.model).toEqual(clip.model);
      used.push(clip.model.id);
      return new Promise((resolve) => {
        endFrame = resolve;
      });
    },
    failed: () => undefined,
  });
  await sight.open();
  lines.push({ camera: config.cameras[0] as (typeof config.cameras)[number], sight });
});
afterEach(async () => {
  stop.abort();
  await model.close();
  await rm(dir, { recursive: true, force: true });
});

/** What is said of the model to come, beside what is said of the one that serves. */
const refusals = () => warnings.lines.filter((line) => line.startsWith('the configuration names'));
const encodes = (clip: ClipModel) => clip.encodeTexts(['a leaf']).then(() => true);

describe('the model of a node that runs', () => {
  it('is exchanged for one that a person named, and closed once the last frame that uses it is done', async () => {
    const before = model.clip as ClipModel;
    const exchanged = model.exchange(siglipDir);
    await vi.waitFor(() => expect(used).toEqual(['tiny-random-siglip']), { timeout: 120_000 });
    expect(model.clip?.model.id).toBe('tiny-random-siglip');
    expect(followed).toBe(model.clip);
    expect(await encodes(before)).toBe(true);
    endFrame();
    await exchanged;
    await expect(encodes(before)).rejects.toMatchObject({ code: 'INFERENCE_FAILED' });
    expect(await encodes(model.clip as ClipModel)).toBe(true);
    expect([changes, warnings.lines]).toEqual([1, []]);
    expect(logged).toContain(
      'the model tiny-random-siglip has taken the place of tiny-random-clip: scores of the two are not to be compared',
    );
  });

  it('stays where one that "models use" chose finds nothing in the newest pictures, and the new one is closed', async () => {
    await writePreviousModel(configFile, { from: tinyClipDir, to: siglipDir, at: '2026-05-01T12:00:00Z' });
    await model.exchange(siglipDir);
    expect(model.clip?.model.id).toBe('tiny-random-clip');
    expect(await encodes(model.clip as ClipModel)).toBe(true);
    const line =
      `the configuration names the model ${siglipDir}, which is not used; tiny-random-clip stays: it finds nothing in 3 pictures, ` +
      'where tiny-random-clip finds something in 3. Go back with "fieldscout models revert". [TRIAL_FAILED]';
    expect([used, changes, refusals()]).toEqual([[], 1, [line]]);
    expect(logged.filter((said) => said === line)).toHaveLength(1);
    // The configuration names the present one again: there is nothing to exchange, and nothing to warn of.
    await model.exchange(tinyClipDir);
    expect([used, refusals()]).toEqual([[], []]);
  });

  it('stays where the new one is not there, and where the node stops meanwhile', async () => {
    await model.exchange('./gone');
    expect(refusals()).toEqual([
      expect.stringMatching(/^the configuration names the model \.\/gone, which is not used; tiny-random-clip stays: /),
    ]);
    const said = [...refusals()];
    const exchanged = model.exchange(siglipDir);
    stop.abort();
    await exchanged;
    expect([used, refusals()]).toEqual([[], said]);
  });
});

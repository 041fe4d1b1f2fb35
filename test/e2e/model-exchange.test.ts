import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import mqtt, { type MqttClient } from 'mqtt';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { JOURNAL_FILE } from '../../src/journal/open-journal.js';
import { SqliteDatabase } from '../../src/journal/sqlite.js';
import { openModelFolder } from '../../src/models/open-model-folder.js';
import type { DetectionsPayload, EventPayload, HealthPayload } from '../../src/uplink/payloads.js';
import { fieldscout } from '../support/hostile-command.js';
import { freePort, HostileDaemon, waitFor } from '../support/hostile-daemon.js';
import { drawnDir, tinyClipDir } from '../support/tiny-clip.js';

const scoutTinyDir = fileURLToPath(new URL('../../models/scout-tiny', import.meta.url));
const BASE = 'fieldscout/farm/scout';
/** Models are loaded, on a machine that may be busy. */
const SOON_MS = 240_000;

let dir: string;
let node: HostileDaemon | undefined;
let client: MqttClient | undefined;
let detections: DetectionsPayload[];
let events: EventPayload[];
let health: HealthPayload | undefined;

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'fieldscout-exchange-'));
  detections = [];
  events = [];
  health = undefined;
  await writeFile(
    join(dir, 'words.yaml'),
    'title: Words\ntemplates: ["{}"]\nnegatives: []\ntargets:\n  - { id: aphid, name: Aphid, prompts: [a green aphid] }\n  - { id: leaf, name: Leaf, prompts: [a green leaf] }\n',
  );
});
afterEach(async () => {
  client?.end(true);
  node?.kill();
  await node?.closed;
  await rm(dir, { recursive: true, force: true });
});

/** A node whose two cameras see something in every tile, so that each model has something to say. */
async function start(model: string): Promise<HostileDaemon> {
  const port = await freePort();
  const camera = {
    source: 'sim:leaf',
    intervalMs: 1000,
    prompts: ['words.yaml'],
    tiles: { scales: [512], overlap: 0 },
  };
  node = await HostileDaemon.start(dir, {
    model,
    providers: ['cpu'],
    broker: { port },
    dashboard: { enabled: false },
    storage: { dir: 'data' },
    detection: { minScore: 0 },
    tracking: { minDurationMs: 0, updateEveryMs: 100 },
    cameras: [
      { id: 'one', ...camera },
      { id: 'two', ...camera },
    ],
  });
  await node.says(/^connected to the broker/, SOON_MS);
  client = await mqtt.connectAsync(`mqtt://127.0.0.1:${port}`, { reconnectPeriod: 0 });
  client.on('message', (topic, body) => {
    const payload = JSON.parse(String(body));
    if (topic.endsWith('/detections')) detections.push(payload);
    else if (topic.endsWith('/events')) events.push(payload);
    else health = payload;
  });
  await client.subscribeAsync([`${BASE}/cameras/+/detections`, `${BASE}/cameras/+/events`, `${BASE}/health`], {
    qos: 1,
  });
  return node;
}

const shaOf = async (model: string) => (await openModelFolder(model, { searchDirs: [] })).ref.sha256;
const say = () => `${node?.messages.join('\n')}\n${JSON.stringify(health)}`;
const until = (look: () => boolean) => waitFor(() => (look() ? true : undefined), SOON_MS, say);
const isTold = (model: string) =>
  until(() =>
    ['one', 'two'].every((id) => detections.findLast((one) => one.camera === id)?.fingerprint.model.sha256 === model),
  );
const cli = (...words: readonly string[]) =>
  fieldscout(['models', ...words, '-c', join(dir, 'fieldscout.yaml')], { cwd: dir, killAfterMs: 2 * SOON_MS });

/** Neighbours that are equal count once. */
const inTurn = (values: readonly string[]) => values.filter((value, i) => value !== values[i - 1]);
const camerasFrames = (camera: string) => detections.filter((one) => one.camera === camera);

/** Ids of the frames that were looked at, null for one that was dropped or showed nothing. */
function framesIn(camera: string): readonly (string | null)[] {
  const db = new SqliteDatabase(join(dir, 'data', JOURNAL_FILE), { readonly: true });
  try {
    return db.prepare('SELECT frame_id FROM frames WHERE camera = ? ORDER BY id').pluck().all(camera) as (
      | string
      | null
    )[];
  } finally {
    db.close();
  }
}

describe('a node that runs while "fieldscout models use" chooses another model', () => {
  it('goes over to it between two frames of each camera, loses none, and comes back by "models revert"', async () => {
    const [tiny, random] = [await shaOf(scoutTinyDir), await shaOf(tinyClipDir)];
    const running = await start('scout-tiny');
    await isTold(tiny);
    const used = await cli('use', tinyClipDir, '--pictures', join(drawnDir, 'drawn-224x224.png'));
    expect(used, used.stderr).toMatchObject({ code: 0 });
    await isTold(random);
    await until(() => events.some(({ fingerprint }) => fingerprint.model.sha256 === random));
    await until(() => health?.model.sha256 === random);
    expect(health).toMatchObject({ model: { id: 'tiny-random-clip' }, provider: 'cpu' });
    expect(running.messages).toContain(
      'the model tiny-random-clip has taken the place of scout-tiny: scores of the two are not to be compared',
    );

    expect(await cli('revert')).toMatchObject({ code: 0 });
    await until(() => health?.model.sha256 === tiny);
    const before = detections.length;
    await until(() => detections.length > before + 4);
    expect((await running.stop('SIGTERM')).code).toBe(0);

    for (const camera of ['one', 'two']) {
      const frames = camerasFrames(camera);
      expect(inTurn(frames.map(({ fingerprint }) => fingerprint.model.sha256))).toEqual([tiny, random, tiny]);
      // Each frame that the node journalled was told of, with none left out in between, and none was dropped.
      const told = frames.map(({ frame }) => frame.id);
      const journalled = framesIn(camera);
      const first = journalled.indexOf(told[0] as string);
      expect(told).toEqual(journalled.slice(first, first + told.length));
      expect(health?.cameras.find(({ id }) => id === camera)?.framesDropped).toEqual({});
    }
    // What a track was seen with last is what its event names, and no score of another model is its best.
    const made = new Map(
      detections.flatMap(({ fingerprint: { model }, detections: found }) =>
        found.map(({ target, score, similarity }) => [`${target} ${score} ${similarity}`, model.sha256]),
      ),
    );
    expect(new Set(events.map(({ fingerprint }) => fingerprint.model.sha256))).toEqual(new Set([tiny, random]));
    const mixed = events.filter(({ after: { target, best }, fingerprint }) => {
      const by = made.get(`${target} ${best.score} ${best.similarity}`);
      return by !== undefined && by !== fingerprint.model.sha256;
    });
    expect(mixed).toEqual([]);
    const state = JSON.parse(await readFile(join(dir, 'data', 'node.json'), 'utf8'));
    expect(state.cameras.one.lookedWith.model.sha256).toBe(tiny);
  }, 1_200_000);

  it('stays on what it has where the new model cannot be used, says why once, and tries it again when it is chosen again', async () => {
    const tiny = await shaOf(scoutTinyDir);
    const running = await start('scout-tiny');
    await isTold(tiny);
    const broken = join(dir, 'broken');
    await cp(tinyClipDir, broken, { recursive: true });
    await writeFile(join(broken, 'onnx', 'vision_model.onnx'), 'no graph');
    const config = await readFile(join(dir, 'fieldscout.yaml'), 'utf8');
    const name = (model: string) => writeFile(join(dir, 'fieldscout.yaml'), config.replace('scout-tiny', model));
    await name('./broken');
    const refused = /^the configuration names the model \.\/broken, which is not used; scout-tiny stays: /;
    await until(() => health?.warnings.some((line) => refused.test(line)) ?? false);
    const seen = detections.length;
    await until(() => detections.length > seen + 20); // some looks at the configuration long
    expect(running.messages.filter((line) => refused.test(line))).toHaveLength(1);
    expect(new Set(detections.map(({ fingerprint }) => fingerprint.model.sha256))).toEqual(new Set([tiny]));

    await cp(join(tinyClipDir, 'onnx', 'vision_model.onnx'), join(broken, 'onnx', 'vision_model.onnx'));
    await name('./broken');
    await isTold(await shaOf(broken));
    await until(() => health?.warnings.every((line) => !refused.test(line)) ?? false);
    expect((await running.stop('SIGTERM')).code).toBe(0);
  }, 1_200_000);
});

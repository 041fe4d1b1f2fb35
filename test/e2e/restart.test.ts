import { existsSync, readFileSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import mqtt from 'mqtt';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SqliteDatabase } from '../../src/journal/sqlite.js';
import { freePort, HostileDaemon, waitFor } from '../support/hostile-daemon.js';
import { textured } from '../support/hostile-pictures.js';

let dir: string;
let running: HostileDaemon | undefined;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'fieldscout-restart-'));
  await mkdir(join(dir, 'pictures'));
  await writeFile(
    join(dir, 'words.yaml'),
    'title: Words\ntargets:\n  - id: thing\n    name: Thing\n    prompts: [a thing]\n',
  );
});
afterEach(async () => {
  running?.kill();
  await rm(dir, { recursive: true, force: true });
});

const put = async (name: string) => writeFile(join(dir, 'pictures', name), await textured().jpeg().toBuffer());

/** Runs the node, puts one more picture into its folder, and stops it after that one. @returns the names that it told of, and the last health. */
async function runUntil(late: string, port: number, alerts: readonly object[] = []) {
  const daemon = await HostileDaemon.start(dir, {
    broker: { port },
    dashboard: { enabled: false },
    storage: { dir: 'data' },
    alerts,
    cameras: [
      { id: 'bed', source: 'folder:pictures', intervalMs: 500, prompts: ['words.yaml'], tiles: { scales: [1024] } },
    ],
  });
  running = daemon;
  await daemon.says(/^connected to the broker/);
  const client = await mqtt.connectAsync(`mqtt://127.0.0.1:${port}`, { reconnectPeriod: 0 });
  const origins: string[] = [];
  let health = { warnings: [] as string[], uptimeS: -1 };
  client.on('message', (topic, body) => {
    const payload = JSON.parse(String(body));
    if (topic.endsWith('/detections')) origins.push(payload.frame.origin);
    else health = payload;
  });
  await client.subscribeAsync(['fieldscout/farm/scout/cameras/bed/detections', 'fieldscout/farm/scout/health']);
  await put(late);
  await waitFor(
    () => (origins.includes(late) && health.uptimeS >= 0 ? true : undefined),
    30_000,
    () => `only ${origins.join(', ')} was looked at:\n${daemon.messages.join('\n')}`,
  );
  const { code } = await daemon.stop('SIGTERM');
  client.end(true);
  return { origins, health, code };
}

describe('a node that is started again', () => {
  it('looks only at the pictures of a folder that came meanwhile', async () => {
    const port = await freePort();
    for (const name of ['b.jpg', 'c.jpg']) await put(name);
    const { code } = await runUntil('d.jpg', port);
    expect(code).toBe(0);
    const state = JSON.parse(await readFile(join(dir, 'data', 'node.json'), 'utf8'));
    expect(state.cameras.bed.position).toBeGreaterThan(Date.now() - 3_600_000);
    await put('a.jpg');
    const { origins } = await runUntil('e.jpg', port);
    // The first may be told of before somebody listens.
    expect(['a.jpg', 'e.jpg'].slice(-origins.length)).toEqual(origins);
  }, 90_000);
});

describe('a node that is killed while it looks through a folder', () => {
  it('counts no picture as done that its journal does not hold', async () => {
    const picture = await textured().jpeg().toBuffer();
    const names = Array.from({ length: 400 }, (_, i) => `${1000 + i}.jpg`);
    for (const name of names) await writeFile(join(dir, 'pictures', name), picture);
    const fifthMs = (await stat(join(dir, 'pictures', names[4] as string))).ctimeMs;
    running = await HostileDaemon.start(dir, {
      broker: { port: await freePort() },
      dashboard: { enabled: false },
      storage: { dir: 'data' },
      snapshots: { enabled: false },
      cameras: [
        { id: 'bed', source: 'folder:pictures', intervalMs: 20, prompts: ['words.yaml'], tiles: { scales: [1024] } },
      ],
    });
    const positionOf = () => {
      const file = join(dir, 'data', 'node.json');
      const position = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')).cameras?.bed?.position : undefined;
      return position >= fifthMs ? position : undefined;
    };
    const position: number = await waitFor(
      positionOf,
      60_000,
      () => `nothing was saved:\n${running?.messages.join('\n')}`,
    );
    await running.stop('SIGKILL');
    const done: string[] = [];
    for (const name of names) if ((await stat(join(dir, 'pictures', name))).ctimeMs <= position) done.push(name);
    expect(done.length).toBeGreaterThan(4);
    const db = new SqliteDatabase(join(dir, 'data', 'journal.db'), { readonly: true });
    const journalled = db.prepare('SELECT source FROM frames').pluck().all() as string[];
    db.close();
    expect(done.filter((name) => !journalled.some((source) => source.startsWith(name)))).toEqual([]);
  }, 120_000);
});

describe('an alert rule for what no camera looks for', () => {
  it('is warned of in the log and in health, with what there is', async () => {
    const { health } = await runUntil('a.jpg', await freePort(), [{ id: 'many', target: 'things', threshold: 3 }]);
    const line = 'alert "many" can never be raised: no camera looks for "things"; there is thing';
    expect(health.warnings).toContain(line);
    expect(running?.messages.filter((message) => message === line)).toHaveLength(1);
  }, 60_000);
});

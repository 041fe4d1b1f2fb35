import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import mqtt, { type MqttClient } from 'mqtt';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { freePort, HostileDaemon } from '../support/hostile-daemon.js';
import { type Mosquitto, startMosquitto } from '../support/mosquitto.js';
import { needs } from '../support/needs.js';

const base = 'fieldscout/farm/scout';
const leaf = `${base}/cameras/leaf`;
const SOON = { timeout: 20_000 };

let dir: string;
const cleanUps: (() => Promise<unknown> | unknown)[] = [];
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'fieldscout-commands-'));
});
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
  await rm(dir, { recursive: true, force: true });
});

async function node(config: object): Promise<HostileDaemon> {
  const daemon = await HostileDaemon.start(dir, {
    dashboard: { enabled: false },
    storage: { dir: 'data' },
    cameras: [
      {
        id: 'leaf',
        source: 'sim:leaf',
        intervalMs: 60_000,
        prompts: ['insects/aphids', 'insects/beetles-and-weevils'],
        tiles: { scales: [448] },
      },
    ],
    ...config,
  });
  cleanUps.push(() => daemon.kill());
  await daemon.says(/^connected to the broker/);
  return daemon;
}

interface Heard {
  readonly topic: string;
  readonly text: string;
  readonly retain: boolean;
}

/** Somebody at the farm who listens to all and commands. */
class Farmer {
  readonly heard: Heard[] = [];

  private constructor(readonly client: MqttClient) {
    client.on('message', (topic, body, { retain }) => this.heard.push({ topic, text: String(body), retain }));
  }

  static async at(url: string, login: { username?: string; password?: string } = {}): Promise<Farmer> {
    const client = await mqtt.connectAsync(url, { reconnectPeriod: 0, ...login });
    cleanUps.push(() => client.endAsync(true));
    const farmer = new Farmer(client);
    await client.subscribeAsync('#', { qos: 1 });
    return farmer;
  }

  async say(topic: string, text: string): Promise<void> {
    await this.client.publishAsync(topic, text, { qos: 1 });
  }

  newest(topic: string): Record<string, unknown> | undefined {
    const text = this.heard.filter((one) => one.topic === topic).at(-1)?.text;
    return text === undefined || text === '' ? undefined : (JSON.parse(text) as Record<string, unknown>);
  }

  count(topic: string): number {
    return this.heard.filter((one) => one.topic === topic).length;
  }
}

describe('commands to a node over the farm broker', needs('mosquitto'), () => {
  let mosquitto: Mosquitto;
  beforeEach(async () => {
    mosquitto = await startMosquitto();
    cleanUps.push(() => mosquitto.stop('SIGKILL'));
  });
  const farm = () => ({ mqtt: { url: mosquitto.url }, broker: { enabled: false } });

  it('are obeyed, answered, obeyed once by their id, and hold after a restart', async () => {
    const farmer = await Farmer.at(mosquitto.url);
    const first = await node(farm());
    await expect.poll(() => farmer.count(`${leaf}/detections`), SOON).toBe(1);
    expect(farmer.newest(`${leaf}/running/state`)).toMatchObject({ value: 'ON', id: null });

    await farmer.say(`${leaf}/capture/set`, '{"id":"picture"}');
    await expect.poll(() => farmer.newest(`${leaf}/capture/state`), SOON).toMatchObject({ id: 'picture' });
    await expect.poll(() => farmer.count(`${leaf}/detections`), SOON).toBe(2);
    await farmer.say(`${leaf}/capture/set`, '{"id":"picture"}');
    await expect.poll(() => farmer.count(`${leaf}/capture/state`), SOON).toBe(2);

    await farmer.say(`${leaf}/threshold/set`, '0.9');
    await expect
      .poll(() => farmer.newest(`${leaf}/threshold/state`), SOON)
      .toMatchObject({ value: 0.9, configured: 0.6 });
    const aphids = '{"id":"a","set":"insects/aphids","value":"OFF"}';
    await farmer.say(`${leaf}/prompts/set`, aphids);
    const sets = { 'insects/aphids': 'OFF', 'insects/beetles-and-weevils': 'ON' };
    await expect.poll(() => farmer.newest(`${leaf}/prompts/state`), SOON).toMatchObject({ id: 'a', sets });
    await farmer.say(`${leaf}/prompts/set`, '{"id":"b","set":"insects/beetles-and-weevils","value":"OFF"}');
    await expect
      .poll(() => farmer.newest(`${leaf}/prompts/error`), SOON)
      .toMatchObject({ id: 'b', reason: expect.stringContaining('the last prompt set') });
    await farmer.say(`${leaf}/prompts/set`, '{"set":"../../etc/passwd.yaml","value":"ON"}');
    await expect
      .poll(() => farmer.newest(`${leaf}/prompts/error`)?.reason, SOON)
      .toContain('has no prompt set of that name');
    await farmer.say(`${base}/cameras/other/running/set`, 'ON');
    await expect
      .poll(() => farmer.newest(`${base}/cameras/other/running/error`)?.reason, SOON)
      .toContain('There is no camera "other". There is leaf.');

    const told = farmer.count(`${base}/health`);
    await farmer.say(`${base}/health/set`, 'ON');
    await expect.poll(() => farmer.count(`${base}/health`), SOON).toBe(told + 1);

    await farmer.say(`${leaf}/running/set`, 'OFF');
    await expect.poll(() => farmer.newest(`${leaf}/status`), SOON).toMatchObject({ state: 'disabled' });
    await expect.poll(() => farmer.newest(`${leaf}/running/state`), SOON).toMatchObject({ value: 'OFF' });
    await farmer.say(`${leaf}/capture/set`, '{"id":"paused"}');
    await expect.poll(() => farmer.newest(`${leaf}/capture/error`)?.reason, SOON).toContain('is paused');
    first.kill();
    await first.closed;

    farmer.heard.length = 0;
    await node(farm());
    await expect.poll(() => farmer.newest(`${leaf}/running/state`), SOON).toMatchObject({ value: 'OFF', id: null });
    expect(farmer.newest(`${leaf}/threshold/state`)).toMatchObject({ value: 0.9 });
    expect(farmer.newest(`${leaf}/prompts/state`)).toMatchObject({ sets });
    await farmer.say(`${leaf}/prompts/set`, aphids.replace('OFF', 'ON'));
    await expect.poll(() => farmer.newest(`${leaf}/prompts/state`), SOON).toMatchObject({ id: 'a', sets });
    expect(farmer.count(`${leaf}/detections`)).toBe(0);
    await farmer.say(`${leaf}/running/set`, 'ON');
    await expect.poll(() => farmer.newest(`${leaf}/status`), SOON).toMatchObject({ state: 'online' });
    await expect.poll(() => farmer.count(`${leaf}/detections`), SOON).toBe(1);
    const fingerprint = farmer.newest(`${leaf}/detections`)?.fingerprint;
    expect(fingerprint).toMatchObject({ promptSet: { id: 'insects/beetles-and-weevils' } });
  }, 120_000);

  it('announces itself to Home Assistant where that is switched on, and takes itself back where it is switched off', async () => {
    const config = 'homeassistant/device/fieldscout-farm-scout/config';
    const farmer = await Farmer.at(mosquitto.url);
    const first = await node({ ...farm(), homeAssistant: { enabled: true } });
    await expect.poll(() => farmer.newest(config), SOON).toMatchObject({ dev: { ids: ['fieldscout-farm-scout'] } });
    await farmer.say('homeassistant/status', 'online');
    await expect.poll(() => farmer.count(config), SOON).toBeGreaterThan(1);
    await first.stop('SIGTERM');
    await node(farm());
    const late = await Farmer.at(mosquitto.url);
    await expect.poll(() => farmer.heard.filter(({ topic }) => topic === config).at(-1)?.text, SOON).toBe('');
    await expect.poll(() => late.count(`${base}/status`), SOON).toBeGreaterThan(0);
  }, 120_000);

  it('never tells its password, in its log or in what it says', async () => {
    const guarded = await startMosquitto({ users: { scout: 'a-very-secret-word' } });
    cleanUps.push(() => guarded.stop('SIGKILL'));
    await writeFile(join(dir, 'password.txt'), 'a-very-secret-word\n');
    const farmer = await Farmer.at(guarded.url, { username: 'scout', password: 'a-very-secret-word' });
    const daemon = await node({
      mqtt: { url: guarded.url, username: 'scout', passwordFile: 'password.txt' },
      broker: { enabled: false },
      logLevel: 'debug',
    });
    await expect.poll(() => farmer.newest(`${base}/health`), SOON).toBeDefined();
    await daemon.stop('SIGTERM');
    const all = `${JSON.stringify(daemon.log)}${daemon.stderr}${JSON.stringify(farmer.heard)}`;
    expect(all).not.toContain('secret-word');
    expect(await readFile(join(dir, 'data', 'node.json'), 'utf8')).not.toContain('secret-word');
  }, 60_000);
});

describe('commands over the embedded broker', () => {
  it('are for those who know its password, and for nobody where none is set', async () => {
    const port = await freePort();
    await writeFile(join(dir, 'password.txt'), 'tomato\n');
    const first = await node({ broker: { port, username: 'farmer', passwordFile: 'password.txt' } });
    const farmer = await Farmer.at(`mqtt://127.0.0.1:${port}`, { username: 'farmer', password: 'tomato' });
    await farmer.say(`${leaf}/running/set`, 'OFF');
    await expect.poll(() => farmer.newest(`${leaf}/running/state`), SOON).toMatchObject({ value: 'OFF' });
    await farmer.client.publishAsync(`${leaf}/running/set`, 'ON', { qos: 1, retain: true });
    await expect
      .poll(() => farmer.newest(`${leaf}/running/error`)?.reason, SOON)
      .toContain('a retained command is not obeyed');
    await first.stop('SIGTERM');

    await node({ broker: { port } });
    const stranger = await Farmer.at(`mqtt://127.0.0.1:${port}`);
    await expect.poll(() => stranger.newest(`${leaf}/running/state`), SOON).toMatchObject({ value: 'OFF' });
    const gone = new Promise<void>((resolve) => stranger.client.once('close', () => resolve()));
    stranger.client.publish(`${leaf}/running/set`, 'ON', { qos: 1 });
    await gone;
    const again = await Farmer.at(`mqtt://127.0.0.1:${port}`);
    await expect.poll(() => again.newest(`${leaf}/running/state`), SOON).toMatchObject({ value: 'OFF' });
  }, 120_000);
});

import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import mqtt, { type MqttClient } from 'mqtt';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { freePort } from '../support/mosquitto.js';
import { findTool, needs } from '../support/needs.js';

const deploy = fileURLToPath(new URL('../../deploy', import.meta.url));
const NODE = 'fieldscout/farm/scout';

describe('the broker of compose.yaml', needs('mosquitto', 'openssl'), () => {
  let dir: string;
  let port: number;
  let broker: ReturnType<typeof spawn>;
  let log = '';

  beforeAll(async () => {
    dir = mkdtempSync(join(tmpdir(), 'fieldscout-broker-'));
    const made = spawnSync(join(deploy, 'prepare.sh'), ['broker', 'scout', 'scout-2'], {
      encoding: 'utf8',
      env: { ...process.env, FIELDSCOUT_CERTIFICATES: dir },
    });
    if (made.status !== 0) throw new Error(made.stderr);
    port = await freePort();
    // The same file, with the places and the port of this test.
    const config = readFileSync(join(deploy, 'mosquitto/mosquitto.conf'), 'utf8')
      .replace('listener 8883', `listener ${port} 127.0.0.1`)
      .replace('/mosquitto/config/acl', join(deploy, 'mosquitto/acl'))
      .replaceAll('/mosquitto/config/', `${dir}/`)
      .replace('/mosquitto/data/', `${dir}/`);
    writeFileSync(join(dir, 'mosquitto.conf'), `${config}user ${userInfo().username}\n`);
    broker = spawn(findTool('mosquitto') as string, ['-c', join(dir, 'mosquitto.conf')]);
    for (const stream of [broker.stdout, broker.stderr])
      stream?.on('data', (chunk) => {
        log += chunk;
      });
    await vi.waitFor(() => expect(log).toMatch(/running/), { timeout: 20_000 });
  });
  afterAll(async () => {
    broker.kill();
    await once(broker, 'exit');
    rmSync(dir, { recursive: true, force: true });
  });

  const passwordOf = (login: string) => readFileSync(join(dir, `${login}.password`), 'utf8').trim();

  function comeAs(login: string, password = passwordOf(login)): Promise<MqttClient> {
    return mqtt.connectAsync(`mqtts://localhost:${port}`, {
      username: login,
      password,
      ca: readFileSync(join(dir, 'ca.pem')),
      reconnectPeriod: 0,
    });
  }

  /** What `hearer` hears of `filter` when `speaker` has spoken: topics, up to a word of the farmer that closes the round. */
  async function heard(hearer: string, filter: string, speaker: string, topics: readonly string[]): Promise<string[]> {
    const ear = await comeAs(hearer);
    const got: string[] = [];
    ear.on('message', (topic) => void got.push(topic));
    await ear.subscribeAsync(filter, { qos: 1 });
    for (const topic of topics) {
      // Anew for each: mosquitto 2.0.11 was seen to cut a connection after a message that it had refused.
      const mouth = await comeAs(speaker);
      await mouth.publishAsync(topic, 'x', { qos: 1 });
      await mouth.endAsync();
    }
    await ear.publishAsync(`${NODE}/nobody-hears`, 'x', { qos: 1 }); // its acknowledgement comes after what was sent before
    await ear.endAsync();
    return got.filter((topic) => !topic.endsWith('nobody-hears'));
  }

  it('takes its configuration and its access list without a complaint', () => {
    const complaints = log.split('\n').filter((line) => /error|warning|unknown/i.test(line));
    expect(
      complaints.filter((line) => !/should not be run as root|'homeassistant\/status' does not contain/.test(line)),
    ).toEqual([]);
  });

  it('refuses who has no login or a wrong one', async () => {
    await expect(comeAs('scout', 'wrong')).rejects.toThrow(/Not authorized/i);
    await expect(comeAs('', '')).rejects.toThrow(/Not authorized/i);
  });

  it('lets a node speak on its own topics, and on those of no other node', async () => {
    const topics = [`${NODE}/status`, 'fieldscout/farm/scout-2/status', `${NODE}/cameras/leaf/events`];
    expect(await heard('reader', 'fieldscout/#', 'scout', topics)).toEqual([
      `${NODE}/status`,
      `${NODE}/cameras/leaf/events`,
    ]);
  });

  it('lets a node hear nothing of another one', async () => {
    expect(await heard('scout', 'fieldscout/#', 'scout-2', ['fieldscout/farm/scout-2/alerts'])).toEqual([]);
  });

  it('lets the farmer command and the reader only read', async () => {
    const command = `${NODE}/cameras/leaf/running/set`;
    expect(await heard('scout', `${NODE}/#`, 'farmer', [command, `${NODE}/status`])).toEqual([command]);
    expect(await heard('scout', `${NODE}/#`, 'reader', [command])).toEqual([]);
  });

  it('keeps passwords hashed, and adds a node without touching the others', () => {
    const before = readFileSync(join(dir, 'passwords'), 'utf8');
    expect(before).toMatch(/^scout:\$7\$/m);
    spawnSync(join(deploy, 'prepare.sh'), ['broker', 'scout', 'scout-3'], {
      env: { ...process.env, FIELDSCOUT_CERTIFICATES: dir },
    });
    const after = readFileSync(join(dir, 'passwords'), 'utf8');
    expect(after.startsWith(before)).toBe(true);
    expect(after).toMatch(/^scout-3:/m);
    expect(readdirSync(dir)).toContain('scout-3.password');
  });

  it('refuses names that are none', () => {
    const made = spawnSync(join(deploy, 'prepare.sh'), ['broker', '$(touch x)'], {
      encoding: 'utf8',
      env: { ...process.env, FIELDSCOUT_CERTIFICATES: dir },
    });
    expect([made.status, made.stderr]).toEqual([1, expect.stringContaining('is no name')]);
  });
});

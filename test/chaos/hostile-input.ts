import { once } from 'node:events';
import { rename, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import mqtt, { type MqttClient } from 'mqtt';
import { mixSeed, pick, type Random, randomFrom } from '../../src/sim/random.js';
import { CAMERA_THINGS, nodeTopics } from '../../src/uplink/topics.js';
import { freePort } from '../support/mosquitto.js';
import { hostilePackets, hostilePayload } from './fuzz.js';
import { acceptedIn } from './journal-reading.js';
import { judge, rowOf } from './ledger.js';
import { prepareNode, RunningNode } from './node.js';
import { Reader } from './reader.js';
import { type ChaosOptions, inFolder, type Outcome } from './scenario.js';
import { drained, OUTBOX_TOPICS } from './uplink-watch.js';

export interface HostileInputOptions extends ChaosOptions {
  /** Of each: payloads on command topics, and streams of bytes to the broker's port. */
  readonly inputs: number;
}

const SCENARIO = 'hostile input';
const TRACKS = 25;
const AT_A_TIME = 16;
const CLOSES_WITHIN_MS = 200;
const PAYLOADS_AT_A_TIME = 50;
const DRAINS_WITHIN_MS = 120_000;
/** Of one who may command. */
const LOGIN = { username: 'farmer', password: 'only-in-this-run' };
const topics = nodeTopics('fieldscout', 'farm', 'scout');

/** Nonsense on the command topics and on the port of the embedded broker, which is the uplink here: nothing changes. */
export async function hostileInput({ inputs, seed, progress }: HostileInputOptions): Promise<Outcome> {
  return inFolder('hostile', async (dir, later) => {
    const port = await freePort();
    const { username, password } = LOGIN;
    const url = `mqtt://${username}:${password}@127.0.0.1:${port}`;
    const folder = await prepareNode(dir, TRACKS);
    await writeFile(join(dir, 'password.txt'), LOGIN.password);
    const broker = { enabled: true, port, username: LOGIN.username, passwordFile: join(dir, 'password.txt') };
    await rename(join(dir, 'pictures'), join(dir, 'pictures-away'));
    const node = await RunningNode.start(folder, { url: undefined, camera: 'busy', config: { broker } });
    later(() => node.kill());
    await node.says(/MQTT: /);
    // This broker forgets what nobody reads: the first event comes when the reader is there.
    const reader = await Reader.start(url, OUTBOX_TOPICS);
    later(() => reader.stop());
    await rename(join(dir, 'pictures-away'), join(dir, 'pictures'));
    const states = await statesOf(url);
    later(() => states.client.endAsync(true));
    const before = states.text();
    const memoryBefore = await node.memory();

    await commandNonsense(url, inputs, randomFrom(mixSeed(seed, 1)));
    progress(`${inputs} payloads were sent to command topics`);
    await packetNonsense(port, inputs, randomFrom(mixSeed(seed, 2)));
    progress(`${inputs} streams of bytes were sent to the broker`);

    const memoryAfter = await node.memory();
    await rename(join(dir, 'pictures'), join(dir, 'pictures-away'));
    await drained(node, folder, DRAINS_WITHIN_MS);
    await reader.settles();
    const after = states.text();
    const exitCode = await node.stop();
    const verdict = judge(acceptedIn(folder.storageDir), reader.arrivals);
    if (before !== after) progress(`state before: ${before}\nstate after: ${after}`);
    return {
      row: rowOf(SCENARIO, 'fieldscout', verdict),
      verdict,
      measured: {
        inputs: 2 * inputs,
        refusals: states.refusals(),
        changedStates: before === after ? 0 : 1,
        rssGrowthMb: Math.round((memoryAfter.rssBytes - memoryBefore.rssBytes) / 2 ** 20),
        filesGrowth: memoryAfter.files - memoryBefore.files,
        exitCode: exitCode ?? -1,
      },
    };
  });
}

/** What is in force, as the node says it itself, less when it was said. */
async function statesOf(url: string) {
  const newest = new Map<string, string>();
  let refusals = 0;
  const client = await mqtt.connectAsync(url);
  client.on('message', (topic, body) => {
    if (topic.endsWith('/error')) refusals += 1;
    else if (topic.endsWith('/state')) newest.set(topic, withoutTime(body));
  });
  await client.subscribeAsync([`${topics.base}/#`], { qos: 1 });
  // Retained messages come right after the subscription, and those that are repeated after the start a little later.
  await new Promise((resolve) => setTimeout(resolve, 5_000));
  const text = () => JSON.stringify([...newest].sort());
  return { client, text, refusals: () => refusals };
}

function withoutTime(body: Buffer): string {
  return JSON.stringify({ ...(JSON.parse(String(body)) as object), at: null });
}

async function commandNonsense(url: string, inputs: number, random: Random): Promise<void> {
  const things = topics.camera('bed').things;
  const sets = [topics.healthRequest.set, ...CAMERA_THINGS.map((thing) => things[thing].set)];
  const client: MqttClient = await mqtt.connectAsync(url);
  try {
    for (let sent = 0; sent < inputs; sent += PAYLOADS_AT_A_TIME) {
      const several = Array.from({ length: Math.min(PAYLOADS_AT_A_TIME, inputs - sent) }, () =>
        client.publishAsync(pick(random, sets), hostilePayload(random), { qos: 1, retain: random() < 0.1 }),
      );
      await Promise.all(several);
    }
  } finally {
    await client.endAsync(true);
  }
}

async function packetNonsense(port: number, inputs: number, random: Random): Promise<void> {
  for (let sent = 0; sent < inputs; sent += AT_A_TIME) {
    const several = Array.from({ length: Math.min(AT_A_TIME, inputs - sent) }, () =>
      throwAt(port, hostilePackets(random, LOGIN)),
    );
    await Promise.all(several);
  }
}

/** Sends the bytes and hangs up, at the latest when the broker had time to answer. */
async function throwAt(port: number, bytes: Buffer): Promise<void> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => socket.destroy()); // the broker hung up: that is its right
  socket.resume();
  const closed = once(socket, 'close');
  socket.end(bytes);
  const timer = setTimeout(() => socket.destroy(), CLOSES_WITHIN_MS);
  await closed;
  clearTimeout(timer);
}

import { setTimeout as sleep } from 'node:timers/promises';
import { between, mixSeed, type Random, randomFrom } from '../../src/sim/random.js';
import { Broker } from './broker.js';
import { BrokerOutages } from './broker-outages.js';
import { acceptedIn, integrityOf, newestIn } from './journal-reading.js';
import { judge, rowOf } from './ledger.js';
import { type NodeFolder, prepareNode, RunningNode } from './node.js';
import { PlainPublisher } from './plain-publisher.js';
import { Reader } from './reader.js';
import { type ChaosOptions, inFolder, type Outcome } from './scenario.js';
import { drained, OUTBOX_TOPICS } from './uplink-watch.js';

export interface KillOptions extends ChaosOptions {
  readonly kills: number;
}

const SCENARIO = 'kill -9, broker restarts';
const TRACKS = 25;
/** Of the kills, so many come while the daemon still starts. */
const EARLY_SHARE = 0.2;
const EARLY_MS = [0, 900] as const;
const LATE_MS = [50, 1_200] as const;
const DRAINS_WITHIN_MS = 300_000;

/** kill -9 of the whole daemon at random moments, while the broker is stopped and started at random moments as well. */
export async function killDaemon(options: KillOptions): Promise<Outcome> {
  return inFolder('kill', async (dir, later) => {
    const broker = await Broker.in(dir);
    await broker.start();
    later(() => broker.stop());
    const reader = await Reader.start(broker.url, OUTBOX_TOPICS);
    later(() => reader.stop());
    const folder = await prepareNode(dir, TRACKS);
    const outages = new BrokerOutages(broker, mixSeed(options.seed, 1));
    later(() => outages.end());
    const failedChecks = await killAgainAndAgain(folder, broker.url, options);
    await outages.end();
    const node = await RunningNode.start(folder, { url: broker.url, camera: 'idle' });
    later(() => node.kill());
    await drained(node, folder, DRAINS_WITHIN_MS);
    await reader.settles();
    await node.stop();
    const accepted = acceptedIn(folder.storageDir);
    const verdict = judge(accepted, reader.arrivals);
    return {
      row: rowOf(SCENARIO, 'fieldscout', verdict),
      verdict,
      measured: {
        kills: options.kills,
        brokerRestarts: outages.count,
        failedIntegrityChecks: failedChecks,
        unaccountedSequences: newestIn(folder.storageDir) - accepted.size,
        strangeMessages: reader.strange,
      },
    };
  });
}

/** @returns how many times the database was not whole after a kill */
async function killAgainAndAgain(folder: NodeFolder, url: string, options: KillOptions): Promise<number> {
  const { kills, seed, progress } = options;
  const random = randomFrom(mixSeed(seed, 2));
  let failedChecks = 0;
  for (let kill = 1; kill <= kills; kill += 1) {
    const isEarly = random() < EARLY_SHARE;
    const waitMs = momentOf(random, isEarly);
    const node = await RunningNode.start(folder, { url, camera: 'busy', keepPictures: 'detections' });
    try {
      if (!isEarly) await node.says(/MQTT: /);
      await sleep(waitMs);
      if (!node.isRunning) throw new Error(`the daemon ended by itself before kill ${kill}:\n${node.tail}`);
    } finally {
      await node.kill();
    }
    const integrity = integrityOf(folder.storageDir);
    if (integrity !== 'ok') {
      failedChecks += 1;
      progress(`kill ${kill}: integrity check: ${integrity}`);
    }
    if (kill % 10 === 0) progress(`${kill} of ${kills} kills`);
  }
  return failedChecks;
}

/** The same for a program that hands its messages to mqtt.js with QoS 1 and trusts it with the rest. */
export async function killPlainPublisher({ kills, seed, progress }: KillOptions): Promise<Outcome> {
  return inFolder('kill-plain', async (dir, later) => {
    const broker = await Broker.in(dir);
    await broker.start();
    later(() => broker.stop());
    const reader = await Reader.start(broker.url, OUTBOX_TOPICS);
    later(() => reader.stop());
    const outages = new BrokerOutages(broker, mixSeed(seed, 1));
    later(() => outages.end());
    const random = randomFrom(mixSeed(seed, 2));
    for (let kill = 1; kill <= kills; kill += 1) {
      const waitMs = momentOf(random, random() < EARLY_SHARE);
      const publisher = PlainPublisher.start(dir, { url: broker.url, perSecond: 10 * TRACKS });
      try {
        await publisher.says('publishing');
        await sleep(waitMs);
      } finally {
        await publisher.kill();
      }
      if (kill % 10 === 0) progress(`mqtt.js: ${kill} of ${kills} kills`);
    }
    await outages.end();
    // The last run gets its chance to deliver what waits, as the daemon's does.
    const last = PlainPublisher.start(dir, { url: broker.url, perSecond: 0 });
    later(() => last.kill());
    await last.says('publishing');
    await reader.settles();
    const verdict = judge(PlainPublisher.accepted(dir), reader.arrivals);
    return { row: rowOf(SCENARIO, 'mqtt.js', verdict), verdict, measured: { kills, brokerRestarts: outages.count } };
  });
}

/** How long after its start a process is killed. */
function momentOf(random: Random, isEarly: boolean): number {
  const [low, high] = isEarly ? EARLY_MS : LATE_MS;
  return between(random, low, high);
}

import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { waitFor } from '../support/hostile-daemon.js';
import { Broker } from './broker.js';
import { acceptedIn, newestIn, waitingIn } from './journal-reading.js';
import { judge, rowOf } from './ledger.js';
import { prepareNode, RunningNode } from './node.js';
import { PlainPublisher } from './plain-publisher.js';
import { Reader } from './reader.js';
import { type ChaosOptions, inFolder, type Outcome } from './scenario.js';
import { drained, OUTBOX_TOPICS } from './uplink-watch.js';

export interface UplinkDownOptions extends ChaosOptions {
  /** Events that are queued before the broker comes back. */
  readonly events: number;
}

const SCENARIO = 'uplink down for long';
const TRACKS = 289;
/** From so many events on the memory is watched: what a start needs, and what pools and caches fill up to, is no growth. */
const warmAfter = (events: number) => Math.min(events / 2, 10_000);
const LOOKS = 9;
const QUEUED_WITHIN_MS = 1_200_000;
const DRAINS_WITHIN_MS = 1_200_000;
const PLAIN_PER_SECOND = 5_000;

/** The broker is away while so many events come as a week of a busy field has; then it comes back. */
export async function uplinkDown({ events, progress }: UplinkDownOptions): Promise<Outcome> {
  return inFolder('uplink-down', async (dir, later) => {
    const broker = await Broker.in(dir);
    await broker.start();
    later(() => broker.stop());
    const reader = await Reader.start(broker.url, OUTBOX_TOPICS);
    later(() => reader.stop());
    await broker.stop();
    const folder = await prepareNode(dir, TRACKS);
    const node = await RunningNode.start(folder, { url: broker.url, camera: 'busy' });
    later(() => node.kill());
    const startMs = performance.now();
    const reaches = (count: number) =>
      node.until(() => waitingIn(folder.storageDir) >= count, QUEUED_WITHIN_MS, `${count} events did not come`);
    const warm = warmAfter(events);
    await reaches(warm);
    const before = await node.memory();
    let mostBytes = before.rssBytes;
    for (let look = 1; look <= LOOKS; look += 1) {
      await reaches(warm + ((events - warm) * look) / LOOKS);
      mostBytes = Math.max(mostBytes, (await node.memory()).rssBytes);
    }
    const queuedMs = performance.now() - startMs;
    // No picture any more: the tracks end, and nothing new comes.
    await rename(join(dir, 'pictures'), join(dir, 'pictures-away'));
    progress(`${waitingIn(folder.storageDir)} events wait; the broker comes back`);
    const drainStartMs = performance.now();
    await broker.start();
    await drained(node, folder, DRAINS_WITHIN_MS);
    const drainMs = performance.now() - drainStartMs;
    const after = await node.memory();
    await reader.settles();
    await node.stop();
    const accepted = acceptedIn(folder.storageDir);
    const verdict = judge(accepted, reader.arrivals);
    return {
      row: rowOf(SCENARIO, 'fieldscout', verdict),
      verdict,
      measured: {
        rssGrowthQueueingMb: mebibytes(mostBytes - before.rssBytes),
        rssGrowthDrainedMb: mebibytes(after.rssBytes - before.rssBytes),
        heapGrowthDrainedMb: mebibytes(after.heapBytes - before.heapBytes),
        acceptedPerSecond: Math.round((events / queuedMs) * 1000),
        deliveredPerSecond: Math.round((verdict.delivered / drainMs) * 1000),
        unaccountedSequences: newestIn(folder.storageDir) - accepted.size,
      },
    };
  });
}

/** The same for mqtt.js with QoS 1 and its in-memory store. */
export async function plainUplinkDown({ events, progress }: UplinkDownOptions): Promise<Outcome> {
  return inFolder('uplink-down-plain', async (dir, later) => {
    const broker = await Broker.in(dir);
    await broker.start();
    later(() => broker.stop());
    const reader = await Reader.start(broker.url, OUTBOX_TOPICS);
    later(() => reader.stop());
    await broker.stop();
    const publisher = PlainPublisher.start(dir, { url: broker.url, perSecond: PLAIN_PER_SECOND, most: events });
    later(() => publisher.kill());
    await publisher.says('publishing');
    const taken = () => PlainPublisher.accepted(dir).size;
    await reachesCount(taken, warmAfter(events));
    const beforeBytes = publisher.rssBytes;
    await reachesCount(taken, events);
    const afterBytes = publisher.rssBytes;
    progress(`mqtt.js: ${events} messages wait; the broker comes back`);
    await broker.start();
    await waitFor(
      () => (reader.unique > 0 ? true : undefined),
      60_000,
      () => 'mqtt.js delivered nothing',
    );
    await reader.settles(5_000, DRAINS_WITHIN_MS);
    const verdict = judge(PlainPublisher.accepted(dir), reader.arrivals);
    const measured = { rssGrowthQueueingMb: mebibytes(afterBytes - beforeBytes) };
    return { row: rowOf(SCENARIO, 'mqtt.js', verdict), verdict, measured };
  });
}

async function reachesCount(count: () => number, least: number): Promise<void> {
  await waitFor(
    () => (count() >= least ? true : undefined),
    QUEUED_WITHIN_MS,
    () => `only ${count()} of ${least} messages were taken on`,
  );
}

const mebibytes = (bytes: number) => Math.round((bytes / 2 ** 20) * 10) / 10;

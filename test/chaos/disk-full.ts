import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Broker } from './broker.js';
import { acceptedIn, integrityOf, newestIn } from './journal-reading.js';
import { judge, rowOf } from './ledger.js';
import { prepareNode, RunningNode } from './node.js';
import { Reader } from './reader.js';
import { type ChaosOptions, inFolder, type Outcome } from './scenario.js';
import { SmallDisk } from './small-disk.js';
import { drained, OUTBOX_TOPICS } from './uplink-watch.js';

export interface DiskFullOptions extends ChaosOptions {
  /** How often the disk is filled up and freed. */
  readonly times: number;
}

const SCENARIO = 'disk full';
const TRACKS = 50;
const DISK_BYTES = 160 << 20;
/** So that frames leave room for the events of a long run, and pictures are kept until the disk is nearly full. */
const STORAGE = { maxDetectionBytes: 4_000_000, minFreeBytes: 8_000_000 };
const FULL_MS = 4_000;
const BETWEEN_MS = 1_500;
const RECOVERS_WITHIN_MS = 60_000;
const DRAINS_WITHIN_MS = 120_000;

/** The disk of the node's state is filled to the last byte while events come, and freed again. */
export async function diskFull({ times, progress }: DiskFullOptions): Promise<Outcome> {
  return inFolder('disk-full', async (dir, later) => {
    const disk = await SmallDisk.mount(join(dir, 'disk'), DISK_BYTES);
    later(() => disk.unmount());
    const broker = await Broker.in(dir);
    await broker.start();
    later(() => broker.stop());
    const reader = await Reader.start(broker.url, OUTBOX_TOPICS);
    later(() => reader.stop());
    const folder = await prepareNode(dir, TRACKS, join(disk.dir, 'data'));
    const node = await RunningNode.start(folder, {
      url: broker.url,
      camera: 'busy',
      keepPictures: 'detections',
      config: { storage: STORAGE },
    });
    later(() => node.kill());
    await node.says(/MQTT: /);
    let failedChecks = 0;
    let slowestRecoveryMs = 0;
    for (let time = 1; time <= times; time += 1) {
      await sleep(BETWEEN_MS);
      disk.fill();
      await sleep(FULL_MS);
      if (!node.isRunning) throw new Error(`the daemon ended when the disk was full:\n${node.tail}`);
      // Still there, and its loop turns.
      await node.memory();
      if (integrityOf(folder.storageDir) !== 'ok') failedChecks += 1;
      const before = newestIn(folder.storageDir);
      const freedMs = performance.now();
      disk.free();
      await node.until(
        () => newestIn(folder.storageDir) > before,
        RECOVERS_WITHIN_MS,
        'nothing was accepted after the disk had space again',
      );
      slowestRecoveryMs = Math.max(slowestRecoveryMs, performance.now() - freedMs);
      progress(`disk full ${time} of ${times} times; ${newestIn(folder.storageDir)} events accepted so far`);
    }
    await sleep(BETWEEN_MS);
    await rename(join(dir, 'pictures'), join(dir, 'pictures-away'));
    await drained(node, folder, DRAINS_WITHIN_MS);
    await reader.settles();
    const exitCode = await node.stop();
    if (integrityOf(folder.storageDir) !== 'ok') failedChecks += 1;
    const accepted = acceptedIn(folder.storageDir);
    const verdict = judge(accepted, reader.arrivals);
    return {
      row: rowOf(SCENARIO, 'fieldscout', verdict),
      verdict,
      measured: {
        times,
        failedIntegrityChecks: failedChecks,
        slowestRecoveryMs: Math.round(slowestRecoveryMs),
        exitCode: exitCode ?? -1,
        unaccountedSequences: newestIn(folder.storageDir) - accepted.size,
      },
    };
  });
}

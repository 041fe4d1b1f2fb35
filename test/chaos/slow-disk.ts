import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { findTool } from '../support/needs.js';
import { Broker } from './broker.js';
import { acceptedIn, integrityOf } from './journal-reading.js';
import { judge, rowOf } from './ledger.js';
import { type LoopDelay, prepareNode, RunningNode } from './node.js';
import { Reader } from './reader.js';
import { type ChaosOptions, inFolder, type Outcome } from './scenario.js';
import { drained, OUTBOX_TOPICS } from './uplink-watch.js';

export interface SlowDiskOptions extends ChaosOptions {
  /** For which the node runs on a slow disk, and before that on a fast one. */
  readonly seconds: number;
  /** What each fsync takes longer. */
  readonly fsyncMs: number;
}

const SCENARIO = 'slow disk';
const TRACKS = 100;
const INTERVAL_MS = 50;
const DRAINS_WITHIN_MS = 300_000;

/** Every fsync and fdatasync of the daemon takes a long time (injected with strace): the camera goes on, and nothing is lost. */
export async function slowDisk(options: SlowDiskOptions): Promise<Outcome> {
  const fast = await run({ ...options, fsyncMs: 0 });
  options.progress(`fast disk: main loop held up for ${fast.loop.p99Ms.toFixed(1)} ms (p99)`);
  const slow = await run(options);
  return {
    row: rowOf(SCENARIO, 'fieldscout', slow.verdict),
    verdict: slow.verdict,
    measured: {
      fsyncMs: options.fsyncMs,
      loopP99Ms: rounded(slow.loop.p99Ms),
      loopMaxMs: rounded(slow.loop.maxMs),
      loopP99FastMs: rounded(fast.loop.p99Ms),
      eventsFast: fast.verdict.accepted,
      failedIntegrityChecks: slow.integrity === 'ok' ? 0 : 1,
    },
  };
}

async function run({ seconds, fsyncMs }: SlowDiskOptions) {
  return inFolder('slow-disk', async (dir, later) => {
    const broker = await Broker.in(dir);
    await broker.start();
    later(() => broker.stop());
    const reader = await Reader.start(broker.url, OUTBOX_TOPICS);
    later(() => reader.stop());
    const folder = await prepareNode(dir, TRACKS);
    const settings = { url: broker.url, camera: 'busy', intervalMs: INTERVAL_MS } as const;
    const node = await RunningNode.start(folder, settings, tracerFor(fsyncMs));
    later(() => node.kill());
    await node.says(/MQTT: /);
    await node.watchLoop();
    await sleep(seconds * 1000);
    const loop: LoopDelay = await node.loop();
    await rename(join(dir, 'pictures'), join(dir, 'pictures-away'));
    await drained(node, folder, DRAINS_WITHIN_MS);
    await reader.settles();
    await node.stop();
    const verdict = judge(acceptedIn(folder.storageDir), reader.arrivals);
    return { loop, verdict, integrity: integrityOf(folder.storageDir) };
  });
}

function tracerFor(fsyncMs: number): readonly string[] {
  const calls = 'fsync,fdatasync';
  const delay = fsyncMs > 0 ? [`--inject=${calls}:delay_enter=${fsyncMs * 1000}`] : [];
  return [findTool('strace') ?? 'strace', '-f', '--seccomp-bpf', '-o', '/dev/null', `--trace=${calls}`, ...delay];
}

const rounded = (ms: number) => Math.round(ms * 10) / 10;

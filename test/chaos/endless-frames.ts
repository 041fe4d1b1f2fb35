import { rename } from 'node:fs/promises';
import { join } from 'node:path';
import mqtt from 'mqtt';
import { Broker } from './broker.js';
import { acceptedIn } from './journal-reading.js';
import { judge, rowOf } from './ledger.js';
import { type Memory, prepareNode, RunningNode } from './node.js';
import { Reader } from './reader.js';
import { type ChaosOptions, inFolder, type Outcome } from './scenario.js';
import { DETECTIONS_TOPIC, drained, OUTBOX_TOPICS } from './uplink-watch.js';

export interface EndlessFramesOptions extends ChaosOptions {
  readonly frames: number;
}

const SCENARIO = 'frames without pause';
const TRACKS = 12;
const LOOKS = 40;
/** Of the frames; before that caches fill and code is compiled. */
const WARM_SHARE = 0.25;
/** Below that the slope is that of the allocator's pages, which come and go. */
const SLOPE_SHOWS_FRAMES = 10_000;
const ENDS_WITHIN_MS = 3_600_000;
const DRAINS_WITHIN_MS = 120_000;

interface Look extends Memory {
  readonly frames: number;
}

/** One small picture after the other, as fast as the node takes them, while its memory and its open files are watched. */
export async function endlessFrames({ frames, progress }: EndlessFramesOptions): Promise<Outcome> {
  return inFolder('frames', async (dir, later) => {
    const broker = await Broker.in(dir);
    await broker.start();
    later(() => broker.stop());
    const reader = await Reader.start(broker.url, OUTBOX_TOPICS);
    later(() => reader.stop());
    let looked = 0;
    const counter = await mqtt.connectAsync(broker.url);
    later(() => counter.endAsync(true));
    counter.on('message', () => {
      looked += 1;
    });
    await counter.subscribeAsync(DETECTIONS_TOPIC, { qos: 0 });
    const folder = await prepareNode(dir, TRACKS);
    const node = await RunningNode.start(folder, { url: broker.url, camera: 'busy' });
    later(() => node.kill());
    const startMs = performance.now();
    const looks: Look[] = [];
    for (let look = 0; look <= LOOKS; look += 1) {
      const least = frames * (WARM_SHARE + ((1 - WARM_SHARE) * look) / LOOKS);
      await node.until(() => looked >= least, ENDS_WITHIN_MS, `only ${looked} frames were looked at`);
      looks.push({ frames: looked, ...(await node.memory()) });
      if (look % 5 === 0) progress(`${looked} of ${frames} frames: ${JSON.stringify(looks.at(-1))}`);
    }
    const framesPerSecond = (looked / (performance.now() - startMs)) * 1000;
    await rename(join(dir, 'pictures'), join(dir, 'pictures-away'));
    await drained(node, folder, DRAINS_WITHIN_MS);
    await reader.settles();
    await node.stop();
    const verdict = judge(acceptedIn(folder.storageDir), reader.arrivals);
    const half = Math.ceil(looks.length / 2);
    return {
      row: rowOf(SCENARIO, 'fieldscout', verdict),
      verdict,
      measured: {
        framesPerSecond: Math.round(framesPerSecond),
        ...(frames >= SLOPE_SHOWS_FRAMES ? slopes(looks, half) : { rssGrowthWatchedMb: growth(looks, half) }),
        // The least of each half: a picture that is being read at that moment is open too.
        filesGrowth: fewestFiles(looks.slice(half)) - fewestFiles(looks.slice(0, half)),
        files: fewestFiles(looks),
      },
    };
  });
}

const fewestFiles = (looks: readonly Look[]) => Math.min(...looks.map(({ files }) => files));

function slopes(looks: readonly Look[], half: number) {
  return {
    slopeMbPer1000Frames: slope(looks),
    slopeFirstHalf: slope(looks.slice(0, half)),
    slopeSecondHalf: slope(looks.slice(half)),
  };
}

/** From the least of the first half to the least of the second, in MiB. */
function growth(looks: readonly Look[], half: number): number {
  const least = (some: readonly Look[]) => Math.min(...some.map(({ rssBytes }) => rssBytes));
  return Math.round(((least(looks.slice(half)) - least(looks.slice(0, half))) / 2 ** 20) * 10) / 10;
}

/** Least squares of resident memory over frames: MiB per 1,000 frames. */
function slope(looks: readonly Look[]): number {
  const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
  const frames = looks.map((look) => look.frames / 1000);
  const sizes = looks.map(({ rssBytes }) => rssBytes / 2 ** 20);
  const [meanFrames, meanSize] = [mean(frames), mean(sizes)];
  const covariance = mean(frames.map((x, i) => (x - meanFrames) * ((sizes[i] as number) - meanSize)));
  const variance = mean(frames.map((x) => (x - meanFrames) ** 2));
  return Math.round((covariance / variance) * 1000) / 1000;
}

import { setTimeout as sleep } from 'node:timers/promises';
import mqtt from 'mqtt';
import { afterEach, describe, expect, it } from 'vitest';
import { SIM_SEED } from '../../src/daemon/source-of.js';
import { type InspectedPicture, measureAll, measureTarget } from '../../src/evaluation/detection-metrics.js';
import type { TruthBox } from '../../src/sim/placed-thing.js';
import { truthAt } from '../../src/sim/truth.js';
import { type DetectionsPayload, detectionsPayload } from '../../src/uplink/payloads.js';
import { type DaemonProcess, startDaemon } from '../support/daemon-process.js';

const WATCHED_MS = 60_000;
const MIN_PX = 24;
const MIN_VISIBLE = 0.5;
/** What the default prompt sets look for and the scene holds. */
const TARGETS = ['aphid', 'beetle', 'caterpillar', 'weevil'];

let daemon: DaemonProcess | undefined;
afterEach(async () => {
  await daemon?.stop();
  daemon = undefined;
});

const numberOf = ({ frame }: DetectionsPayload): number => Number(/^sim:leaf#(\d+)$/.exec(frame.origin)?.[1]);
const isShown = ({ box, visible }: TruthBox): boolean =>
  Math.max(box.width, box.height) >= MIN_PX && visible >= MIN_VISIBLE;

describe('the daemon on its defaults', () => {
  it('shows a living field whose pests are found: a minute of it against its truth', async () => {
    daemon = await startDaemon();
    const client = await mqtt.connectAsync(daemon.broker);
    const looked: DetectionsPayload[] = [];
    try {
      client.on('message', (_topic, body) => looked.push(detectionsPayload.parse(JSON.parse(body.toString('utf8')))));
      await client.subscribeAsync('fieldscout/farm/scout/cameras/leaf/detections');
      await sleep(WATCHED_MS);
    } finally {
      await client.endAsync();
    }
    const frames = looked.map((payload) => {
      const { width, height } = payload.frame;
      return { payload, truth: truthAt('leaf', SIM_SEED, numberOf(payload), { width, height }) };
    });
    const pictures = frames.map(({ payload, truth }): InspectedPicture => {
      const labelled = truth.map((one) => ({ target: one.target, box: one.box, isShown: isShown(one) }));
      return {
        truths: labelled.filter((one) => one.isShown),
        crowds: labelled.filter((one) => !one.isShown),
        detections: payload.detections,
        candidates: null,
      };
    });
    const { centrePrecision } = measureAll(TARGETS.map((target) => measureTarget(pictures, target)));
    // An animal is where it is found at least once while it can be seen.
    const animals = new Map<string, { seen: number; found: boolean; places: Set<string> }>();
    for (const { payload, truth } of frames)
      for (const one of truth.filter((each) => TARGETS.includes(each.target) && isShown(each))) {
        const animal = animals.get(one.id) ?? { seen: 0, found: false, places: new Set() };
        const { x, y, width, height } = one.box;
        animal.seen += 1;
        animal.places.add(`${Math.round(x)},${Math.round(y)}`);
        animal.found ||= payload.detections.some(({ target, box }) => {
          const [cx, cy] = [box.x + box.width / 2, box.y + box.height / 2];
          return target === one.target && cx >= x && cx <= x + width && cy >= y && cy <= y + height;
        });
        animals.set(one.id, animal);
      }
    const lasting = [...animals.values()].filter(({ seen }) => seen >= 3);
    const found = lasting.filter((animal) => animal.found).length / lasting.length;
    expect(frames.length).toBeGreaterThan(3);
    expect(lasting.some(({ places }) => places.size > 1)).toBe(true);
    // What the embedded model is good for on this scene: nearly all that it tells of is there, and most animals are found.
    expect(centrePrecision).toBeGreaterThanOrEqual(0.8);
    expect(found).toBeGreaterThanOrEqual(0.5);
  }, 150_000);
});

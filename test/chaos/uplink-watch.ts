import { nodeTopics } from '../../src/uplink/topics.js';
import { waitingIn } from './journal-reading.js';
import type { NodeFolder, RunningNode } from './node.js';

const topics = nodeTopics('fieldscout', '+', '+');

/** Where messages of the outbox come. */
export const OUTBOX_TOPICS = [topics.camera('+').events, topics.alerts, topics.gaps, topics.clock] as const;
/** One message a frame, of QoS 0. */
export const DETECTIONS_TOPIC = topics.camera('+').detections;

const LOOK_EVERY_MS = 250;

/** Until the broker has acknowledged all that the node accepted, by the node's own journal. */
export async function drained(node: RunningNode, folder: NodeFolder, withinMs: number): Promise<void> {
  let waiting = -1;
  let lookedMs = Number.NEGATIVE_INFINITY;
  await node.until(
    () => {
      if (performance.now() - lookedMs < LOOK_EVERY_MS) return false;
      lookedMs = performance.now();
      waiting = waitingIn(folder.storageDir);
      return waiting === 0;
    },
    withinMs,
    'the outbox did not become empty',
  );
}

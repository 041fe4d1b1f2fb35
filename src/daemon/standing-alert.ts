import { errorLine } from '../errors.js';
import type { Journal } from '../journal/journal.js';
import { copyOf, type EncodedMessage, encodeEntry } from '../uplink/message.js';
import type { Topics } from '../uplink/topics.js';

/**
 * The newest alert of earlier runs by its topic, to be said again: a broker may have lost what it kept, and the embedded one keeps
 * nothing over a restart. An alert that still waits in the outbox takes its place when it goes.
 */
export async function standingAlert(
  { outbox }: Pick<Journal, 'outbox'>,
  { alerts: topic }: Topics,
  warn: (line: string) => void,
): Promise<readonly (readonly [string, EncodedMessage])[]> {
  try {
    const alert = await outbox.newestAlert();
    if (!alert) return [];
    const about = { kind: 'alert', camera: null, topic, retain: true, acceptedMs: 0 } as const;
    return [[topic, copyOf(encodeEntry({ ...about, ...alert }, true))]];
  } catch (error) {
    warn(`the last alert is not said again: ${errorLine(error)}`);
    return [];
  }
}

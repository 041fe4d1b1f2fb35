import { createHash } from 'node:crypto';
import mqtt, { type MqttClient } from 'mqtt';
import { waitFor } from '../support/hostile-daemon.js';
import type { Arrival } from './ledger.js';

interface Ordered {
  readonly id: string;
  readonly sequence: number;
  readonly camera?: string | null;
  readonly historical?: boolean;
}

/** A subscriber of QoS 1 with a session that the broker keeps (clean = false): it misses nothing while either is away. */
export class Reader {
  readonly arrivals: Arrival[] = [];
  /** Bodies without an id and a sequence. */
  strange = 0;
  private readonly seen = new Set<string>();

  private constructor(private readonly client: MqttClient) {
    client.on('message', (_topic, body, { retain }) => {
      // What the broker repeats on a subscription is no delivery of the uplink.
      if (!retain) this.take(body);
    });
    client.on('error', () => undefined); // the broker is away: it tries again
  }

  static async start(url: string, topics: readonly string[]): Promise<Reader> {
    const client = await mqtt.connectAsync(url, { clientId: 'reader', clean: false, reconnectPeriod: 100 });
    const reader = new Reader(client);
    await client.subscribeAsync([...topics], { qos: 1 });
    return reader;
  }

  /** How many different ids have come. */
  get unique(): number {
    return this.seen.size;
  }

  has(id: string): boolean {
    return this.seen.has(id);
  }

  /** Until nothing new has come for a while. */
  async settles(quietMs = 1_000, withinMs = 60_000): Promise<void> {
    let count = this.arrivals.length;
    let since = performance.now();
    await waitFor(
      () => {
        if (this.arrivals.length !== count) since = performance.now();
        count = this.arrivals.length;
        return performance.now() - since > quietMs ? true : undefined;
      },
      withinMs,
      () => 'messages did not stop coming',
    );
  }

  async stop(): Promise<void> {
    await this.client.endAsync(true);
  }

  private take(body: Buffer): void {
    const payload = JSON.parse(String(body)) as Ordered;
    if (typeof payload.id !== 'string' || typeof payload.sequence !== 'number') {
      this.strange += 1;
      return;
    }
    const { id, sequence, camera = null, historical = false } = payload;
    const digest = createHash('sha1')
      .update(JSON.stringify({ ...payload, historical: null }))
      .digest('base64');
    this.seen.add(id);
    this.arrivals.push({ id, sequence, lane: historical ? 'historical' : 'live', camera: camera ?? '', digest });
  }
}

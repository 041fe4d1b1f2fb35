import { setTimeout as sleep } from 'node:timers/promises';
import { between, randomFrom } from '../../src/sim/random.js';
import type { Broker } from './broker.js';

const UP_MS = [500, 4_000] as const;
const DOWN_MS = [200, 2_000] as const;

/** Stops and starts a broker at random moments until it is ended; the broker is up then. */
export class BrokerOutages {
  count = 0;
  private readonly ending = new AbortController();
  private readonly running: Promise<void>;

  constructor(
    private readonly broker: Broker,
    seed: number,
  ) {
    this.running = this.run(seed);
    this.running.catch(() => undefined); // told by `end`
  }

  /** @throws Error of a broker that did not start again */
  async end(): Promise<void> {
    this.ending.abort();
    await this.running;
    await this.broker.start();
  }

  private async run(seed: number): Promise<void> {
    const random = randomFrom(seed);
    while (!this.ending.signal.aborted) {
      await this.wait(between(random, ...UP_MS));
      if (this.ending.signal.aborted) return;
      await this.broker.stop();
      this.count += 1;
      await this.wait(between(random, ...DOWN_MS));
      await this.broker.start();
    }
  }

  private async wait(ms: number): Promise<void> {
    const { signal } = this.ending;
    await sleep(ms, undefined, { signal }).catch((error: unknown) => {
      if (!signal.aborted) throw error;
    });
  }
}

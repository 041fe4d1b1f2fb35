import fc from 'fast-check';
import { pino } from 'pino';
import { describe, expect, it } from 'vitest';
import { OutboxDrain } from '../../src/uplink/outbox-drain.js';
import { MemoryOutbox } from '../support/memory-outbox.js';

const settle = async () => {
  for (let i = 0; i < 12; i += 1) await new Promise((resolve) => setImmediate(resolve));
};

interface Sent {
  readonly connection: number;
  readonly sequence: number;
  readonly camera: string;
  readonly historical: boolean;
  readonly topic: string;
  readonly retain: boolean;
}

/** A drain over an outbox in memory, with a clock of its own, and what it sent. */
class Bench {
  readonly outbox = new MemoryOutbox();
  readonly sent: Sent[] = [];
  readonly onTheirWay: number[] = [];
  nowMs = 0;
  connection = 0;
  ready = 0;
  readonly drain: OutboxDrain;

  constructor(backlogPerSecond = 1_000_000) {
    this.drain = new OutboxDrain({
      outbox: this.outbox,
      backlogPerSecond,
      onReady: () => {
        this.ready += 1;
      },
      log: pino({ level: 'silent' }),
      elapsed: () => this.nowMs,
      random: () => 0.999,
    });
  }

  async accept(camera: string, count = 1, more: { readonly topic?: string; readonly retain?: boolean } = {}) {
    const { topic = `cameras/${camera}/events`, retain = false } = more;
    const messages = Array.from({ length: count }, () => ({
      kind: 'new' as const,
      topic,
      camera,
      retain,
      payload: { camera },
    }));
    await this.outbox.accept(messages);
    this.drain.wake();
    await settle();
  }

  async connect() {
    this.connection += 1;
    this.drain.begin();
    await settle();
  }

  disconnect() {
    this.drain.end();
    this.onTheirWay.length = 0;
  }

  take(): Sent | undefined {
    const taken = this.drain.take();
    if (!taken) return undefined;
    const { topic, retain, body } = taken.message;
    const payload = JSON.parse(String(body)) as { camera: string; sequence: number; historical: boolean };
    const sent = { ...payload, connection: this.connection, topic, retain };
    this.sent.push(sent);
    this.onTheirWay.push(taken.ticket);
    return sent;
  }

  /** All that may go now. */
  async takeAll(): Promise<readonly number[]> {
    const from = this.sent.length;
    for (let quiet = 0; quiet < 2; ) {
      if (this.take()) quiet = 0;
      else {
        await settle();
        quiet += 1;
      }
    }
    return this.sent.slice(from).map(({ sequence }) => sequence);
  }

  acknowledge(which = 0) {
    const [sequence] = this.onTheirWay.splice(which, 1);
    if (sequence !== undefined) this.drain.acknowledged(sequence);
  }
}

const range = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, index) => from + index);

describe('OutboxDrain', () => {
  it('sends what was accepted before the connection as historical, what came after as live, and each once', async () => {
    const bench = new Bench();
    await bench.accept('a', 300);
    await bench.connect();
    await bench.accept('a', 300);
    await bench.takeAll();
    const lane = (historical: boolean) => bench.sent.filter((sent) => sent.historical === historical);
    expect(lane(true).map(({ sequence }) => sequence)).toEqual(range(1, 300));
    expect(lane(false).map(({ sequence }) => sequence)).toEqual(range(301, 600));
    // Neither lane waited for the end of the other.
    expect(bench.sent.slice(0, 20).some(({ historical }) => historical)).toBe(true);
    expect(bench.sent.slice(0, 20).some(({ historical }) => !historical)).toBe(true);
  });

  it('keeps the backlog to its rate and lets live events go meanwhile', async () => {
    const bench = new Bench(50);
    await bench.accept('a', 100);
    await bench.connect();
    expect(await bench.takeAll()).toEqual(range(1, 5));
    bench.nowMs += 1_000;
    expect(await bench.takeAll()).toEqual(range(6, 10));
    for (let second = 0; second < 9; second += 1) {
      bench.nowMs += 100;
      await bench.takeAll();
    }
    expect(bench.sent.map(({ sequence }) => sequence)).toEqual(range(1, 55));
    await bench.accept('a', 3);
    expect(await bench.takeAll()).toEqual(range(101, 103));
  });

  it('begins again after a lost connection with what was not acknowledged, oldest first, as historical', async () => {
    const bench = new Bench();
    await bench.connect();
    await bench.accept('a', 4);
    await bench.takeAll();
    bench.acknowledge(1);
    bench.disconnect();
    await settle();
    await bench.connect();
    await bench.takeAll();
    expect(bench.sent.map(({ connection, sequence, historical }) => [connection, sequence, historical])).toEqual([
      [1, 1, false],
      [1, 2, false],
      [1, 3, false],
      [1, 4, false],
      [2, 1, true],
      [2, 3, true],
      [2, 4, true],
    ]);
  });

  it('does not send again what the broker acknowledged while the disk is slow to forget it', async () => {
    const bench = new Bench();
    await bench.connect();
    await bench.accept('a', 2);
    await bench.takeAll();
    let forget: (() => void) | undefined;
    const delivered = bench.outbox.delivered.bind(bench.outbox);
    bench.outbox.delivered = async (sequences) => {
      await new Promise<void>((resolve) => {
        forget = resolve;
      });
      await delivered(sequences);
    };
    bench.acknowledge();
    bench.acknowledge();
    bench.disconnect();
    await bench.connect();
    expect(await bench.takeAll()).toEqual([]);
    forget?.();
    await settle();
    expect(bench.outbox.entries.size).toBe(0);
  });

  it('holds a topic that the broker refuses, sends the others, and asks again later with one message', async () => {
    const bench = new Bench();
    await bench.connect();
    await bench.accept('a', 3);
    await bench.accept('b', 1);
    await bench.takeAll();
    for (const sequence of [1, 2, 3]) bench.drain.hold(sequence);
    bench.drain.acknowledged(4);
    await bench.accept('b', 1);
    await bench.accept('a', 1);
    expect(await bench.takeAll()).toEqual([5]);
    bench.nowMs += 10_000;
    expect(await bench.takeAll()).toEqual([1]);
    bench.drain.hold(1);
    bench.nowMs += 10_001;
    expect(await bench.takeAll()).toEqual([]);
    bench.nowMs += 10_000;
    expect(await bench.takeAll()).toEqual([1]);
    bench.drain.acknowledged(1);
    expect(await bench.takeAll()).toEqual([2, 3, 6]);
  });

  it('leaves out an entry over which the broker hangs up, and tries it again after an hour', async () => {
    const bench = new Bench();
    await bench.connect();
    await bench.accept('a', 3);
    bench.take();
    await settle();
    bench.take();
    bench.drain.setAside();
    bench.disconnect();
    await bench.connect();
    expect(await bench.takeAll()).toEqual([2, 3]);
    bench.nowMs += 3_600_000;
    expect(await bench.takeAll()).toEqual([1]);
  });

  it('does not let an old alert take the place of a newer one that is retained', async () => {
    const bench = new Bench(10);
    await bench.accept('a', 2, { topic: 'alerts', retain: true });
    await bench.connect();
    await bench.accept('a', 1, { topic: 'alerts', retain: true });
    await bench.takeAll();
    bench.nowMs += 100;
    await bench.takeAll();
    const retained = new Map(bench.sent.map(({ sequence, retain }) => [sequence, retain]));
    expect([retained.get(3), bench.sent.at(-1)]).toEqual([
      true,
      expect.objectContaining({ sequence: 2, retain: false }),
    ]);
  });

  it('reads again after the outbox failed, and goes on where it was', async () => {
    const bench = new Bench();
    await bench.accept('a', 2);
    const read = bench.outbox.read.bind(bench.outbox);
    let failures = 2;
    bench.outbox.read = async (wanted) => {
      failures -= 1;
      if (failures >= 0) throw new Error('disk I/O error');
      return read(wanted);
    };
    await bench.connect();
    bench.take();
    await settle();
    expect(bench.drain.trouble).toBe('disk I/O error');
    await expect.poll(() => bench.take()?.sequence, { timeout: 5_000 }).toBe(1);
    expect(bench.drain.trouble).toBeNull();
  });

  it('loses nothing, sends nothing twice over one connection, and keeps each camera in order within each lane', async () => {
    const step = fc.oneof(
      fc.record({
        do: fc.constant('accept' as const),
        camera: fc.constantFrom('a', 'b'),
        count: fc.integer({ min: 1, max: 5 }),
      }),
      fc.record({ do: fc.constant('take' as const), count: fc.integer({ min: 1, max: 8 }) }),
      fc.record({ do: fc.constant('acknowledge' as const), which: fc.nat(5) }),
      fc.record({ do: fc.constant('connect' as const) }),
      fc.record({ do: fc.constant('lose' as const) }),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 60 }), async (steps) => {
        const bench = new Bench();
        let isUp = false;
        let accepted = 0;
        for (const action of steps) {
          if (action.do === 'accept') {
            await bench.accept(action.camera, action.count);
            accepted += action.count;
          } else if (action.do === 'take') {
            for (let i = 0; i < action.count; i += 1) {
              bench.take();
              await settle();
            }
          } else if (action.do === 'acknowledge') {
            bench.acknowledge(Math.min(action.which, bench.onTheirWay.length - 1));
          } else if (action.do === 'connect' && !isUp) {
            await bench.connect();
            isUp = true;
          } else if (action.do === 'lose') {
            bench.disconnect();
            isUp = false;
          }
        }
        bench.disconnect();
        await settle();
        await bench.connect();
        await bench.takeAll();
        while (bench.onTheirWay.length > 0) bench.acknowledge();
        await settle();
        expect(bench.outbox.entries.size).toBe(0);
        expect([...new Set(bench.sent.map(({ sequence }) => sequence))].sort((x, y) => x - y)).toEqual(
          range(1, accepted),
        );
        const copies = bench.sent.map(({ connection, sequence }) => `${connection}/${sequence}`);
        expect(new Set(copies).size).toBe(copies.length);
        const seen = new Set<number>();
        const newest = new Map<string, number>();
        for (const { sequence, camera, historical } of bench.sent) {
          if (seen.has(sequence)) continue;
          seen.add(sequence);
          const lane = `${camera} ${historical}`;
          expect(sequence).toBeGreaterThan(newest.get(lane) ?? 0);
          newest.set(lane, sequence);
        }
      }),
      { numRuns: 60 },
    );
  });
});

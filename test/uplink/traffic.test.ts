import { pino } from 'pino';
import { beforeEach, describe, expect, it } from 'vitest';
import { ByteBudget } from '../../src/uplink/byte-budget.js';
import { type EncodedMessage, encodeMessage } from '../../src/uplink/message.js';
import { MemoryQueue } from '../../src/uplink/message-queue.js';
import { OutboxDrain } from '../../src/uplink/outbox-drain.js';
import { type Parcel, Traffic } from '../../src/uplink/traffic.js';
import { MemoryOutbox } from '../support/memory-outbox.js';

const said: string[] = [];
const log = pino({ level: 'warn' }, { write: (line) => void said.push((JSON.parse(line) as { msg: string }).msg) });
const NOT_AUTHORISED = 135;
const TOPIC_INVALID = 144;
const QUOTA = 151;
const TOO_LARGE = 149;
const FORMAT = 153;

let nowMs: number;
let outbox: MemoryOutbox;
let queue: MemoryQueue;
let drain: OutboxDrain;
let traffic: Traffic;
let dropped: string[];
let retained: Map<string, EncodedMessage>;
let budget: ByteBudget;

beforeEach(() => {
  nowMs = 0;
  outbox = new MemoryOutbox();
  queue = new MemoryQueue(100);
  dropped = [];
  said.length = 0;
  retained = new Map();
  const elapsed = () => nowMs;
  budget = new ByteBudget({ bytesPerHour: 1_000 }, undefined, () => 1_000);
  drain = new OutboxDrain({ outbox, backlogPerSecond: 1e6, onReady: () => undefined, log, elapsed, random: () => 0 });
  traffic = new Traffic({
    queue,
    drain,
    budget,
    maxInFlight: 4,
    retained,
    healthTopic: 'health',
    elapsed,
    drop: (reason) => dropped.push(reason),
    log,
  });
});

const settle = async () => {
  for (let i = 0; i < 12; i += 1) await new Promise((resolve) => setImmediate(resolve));
};

const accept = async (...topics: readonly string[]) => {
  await outbox.accept(topics.map((topic) => ({ kind: 'new', topic, camera: null, retain: false, payload: {} })));
  drain.wake();
};

const alert = async (value: number) => {
  await outbox.accept([{ kind: 'alert', topic: 'alerts', camera: null, retain: true, payload: { value } }]);
  drain.wake();
};

/** All that may go now. */
async function take(receiveMaximum = 100): Promise<Parcel[]> {
  const taken: Parcel[] = [];
  for (let quiet = 0; quiet < 3; ) {
    const next = traffic.next(receiveMaximum);
    if (next) taken.push(next);
    else {
      quiet += 1;
      await settle();
    }
  }
  return taken;
}

const connect = async () => {
  traffic.begin();
  await settle();
};
const topicsOf = (parcels: readonly Parcel[]) => parcels.map(({ message }) => message.topic);
const state = (topic: string) => queue.add(encodeMessage({ topic, qos: 1, retain: true, payload: {} }));

describe('Traffic', () => {
  it('keeps no more on its way than the node and the broker want, state before events', async () => {
    await connect();
    await accept('a', 'b', 'c', 'd', 'e');
    state('counts');
    expect(topicsOf(await take(4))).toEqual(['counts', 'a', 'b']);
    expect(topicsOf(await take())).toEqual(['c']);
    expect(traffic.inFlight).toBe(4);
  });

  it.each([NOT_AUTHORISED, TOPIC_INVALID, QUOTA])(
    'keeps an event whose topic the broker refuses with %i, and says so',
    async (refusedBy) => {
      await connect();
      await accept('a', 'b');
      for (const parcel of await take()) {
        const isRefused = parcel.message.topic === 'a';
        expect(traffic.answered(parcel, isRefused ? { refusedBy } : 'acknowledged')).toBeUndefined();
      }
      await drain.settled(5_000);
      expect([...outbox.entries.keys()]).toEqual([1]);
      expect(traffic.trouble).toMatch(/^the broker refuses messages on a: /);
      expect(await take()).toEqual([]);
      nowMs = 600_000;
      const [again] = await take();
      traffic.answered(again as Parcel, 'acknowledged');
      await drain.settled(5_000);
      expect([outbox.entries.size, traffic.trouble, dropped]).toEqual([0, null, []]);
    },
  );

  it.each([
    [TOO_LARGE, 'too-large'],
    [FORMAT, 'refused'],
  ] as const)('gives up an event that itself is refused with %i', async (refusedBy, reason) => {
    await connect();
    await accept('a');
    const [parcel] = await take();
    traffic.answered(parcel as Parcel, { refusedBy });
    await drain.settled(5_000);
    expect(outbox.givenUp).toEqual([{ sequence: 1, reason }]);
  });

  it('says once a connection, and in its state, that messages of a topic are too large, until one is taken', async () => {
    const large = encodeMessage({ topic: 'events', qos: 0, retain: false, payload: {} });
    const other = encodeMessage({ topic: 'detections', qos: 0, retain: false, payload: {} });
    for (let i = 0; i < 3; i += 1) for (const message of [large, other]) traffic.tooLarge(message);
    expect(said).toEqual(
      ['events', 'detections'].map((topic) => `messages on ${topic} are too large for the broker, and are given up`),
    );
    expect(traffic.trouble).toBe(said[1]);
    traffic.accepted('events');
    expect(traffic.trouble).toBe(said[1]);
    traffic.accepted('detections');
    expect([traffic.trouble, dropped]).toEqual([null, Array(6).fill('too-large')]);
    await connect();
    traffic.tooLarge(large);
    expect(said).toHaveLength(3);
  });

  it('leaves out an event over which the broker hangs up at once, again and again, with nothing else on its way', async () => {
    await accept('a', 'b', 'c');
    const sent: string[][] = [];
    for (let connection = 0; connection < 6; connection += 1) {
      await connect();
      const parcels = await take();
      sent.push(topicsOf(parcels));
      nowMs += 10;
      traffic.lost('the broker closed the connection', true);
    }
    expect(sent).toEqual([['a', 'b', 'c'], ['a'], ['a'], ['a'], ['a'], ['b']]);
    expect([outbox.entries.size, outbox.givenUp]).toEqual([3, []]);
    expect(traffic.trouble).toMatch(/the broker hangs up, .*: 1$/);
  });

  it('leaves nothing out over a network that breaks while messages wait for their answer', async () => {
    await accept('a', 'b');
    for (let connection = 0; connection < 20; connection += 1) {
      await connect();
      expect((await take())[0]?.message.topic).toBe('a');
      nowMs += 3_001;
      traffic.lost('the broker closed the connection', true);
    }
  });

  it('keeps the newest retained entry that the broker has, to be said again as a copy', async () => {
    await connect();
    await alert(1);
    const [first] = await take();
    expect(retained.size).toBe(0);
    traffic.answered(first as Parcel, 'acknowledged');
    const kept = retained.get('alerts');
    expect(kept).toMatchObject({ retain: true, qos: 1, keep: 'latest' });
    expect(JSON.parse(String(kept?.body))).toMatchObject({ value: 1, sequence: 1, historical: true });
    await alert(2);
    await alert(3);
    const newer = await take();
    expect(newer.map(({ ticket }) => ticket)).toEqual([2, 3]);
    // Neither the old one while newer ones are on their way, nor the older of the two however the broker answers.
    expect(retained.size).toBe(0);
    for (const parcel of [...newer].reverse()) traffic.answered(parcel, 'acknowledged');
    expect(JSON.parse(String(retained.get('alerts')?.body))).toMatchObject({ value: 3 });
  });

  it('forgets a copy that waits to be said again when something newer of its topic goes first', async () => {
    budget.spend(800); // state waits, events go
    state('alerts');
    state('counts');
    await connect();
    await alert(2);
    expect(topicsOf(await take())).toEqual(['alerts']);
    expect([queue.holds('alerts'), queue.holds('counts')]).toEqual([false, true]);
  });

  it('sends many at a time again as soon as the broker acknowledges', async () => {
    await accept('a', 'b', 'c');
    await connect();
    await take();
    traffic.lost('the broker closed the connection', true);
    await connect();
    const [first, ...others] = await take();
    expect(others).toEqual([]);
    traffic.answered(first as Parcel, 'acknowledged');
    expect(topicsOf(await take())).toEqual(['b', 'c']);
  });
});

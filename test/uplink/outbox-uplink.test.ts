import { writeFileSync } from 'node:fs';
import { afterEach, describe, expect, it } from 'vitest';
import type { OutboxMessage } from '../../src/journal/journal.js';
import type { HeardMessage } from '../../src/uplink/broker-session.js';
import type { MqttUplink } from '../../src/uplink/mqtt-uplink.js';
import { eventPayload } from '../../src/uplink/payloads.js';
import { MemoryOutbox } from '../support/memory-outbox.js';
import { freePort } from '../support/mosquitto.js';
import type { ReceivedMessage } from '../support/mosquitto-sub.js';
import { needs } from '../support/needs.js';
import { eventSample } from '../support/payloads.js';
import { BASE, jsonOf, SOON, topics, UplinkBench } from '../support/uplink-bench.js';

const bench = new UplinkBench();
afterEach(() => bench.end());

const KEEPS_ALL = { config: ['max_queued_messages 0', 'max_inflight_messages 1000'] };

const event = (id: string, camera = 'leaf'): OutboxMessage => ({
  kind: 'new',
  topic: topics.camera(camera).events,
  camera,
  retain: false,
  payload: { ...eventSample(id), camera },
});

const events = (from: number, to: number, camera = 'leaf') =>
  Array.from({ length: to - from }, (_, index) => event(`event-${from + index}`, camera));

interface Seen {
  readonly id: string;
  readonly camera: string;
  readonly sequence: number;
  readonly historical: boolean;
}

const seenBy = (messages: readonly ReceivedMessage[]) =>
  messages.filter(({ topic }) => topic.endsWith('/events')).map((message) => jsonOf(message) as Seen);

const firstsOf = (seen: readonly Seen[]) =>
  [...new Map([...seen].reverse().map((one) => [one.id, one])).values()].reverse();

async function accept(outbox: MemoryOutbox, uplink: MqttUplink, messages: readonly OutboxMessage[]) {
  await outbox.accept(messages);
  uplink.wake();
}

describe('MqttUplink with an outbox and mosquitto', needs('mosquitto', 'mosquitto_sub'), () => {
  it.each([4, 5] as const)(
    'sends the backlog as historical, live events beside it, and forgets what is acknowledged (version %i)',
    async (protocolVersion) => {
      const { url, port } = await bench.broker(KEEPS_ALL);
      const live = await bench.reader({ port });
      const outbox = new MemoryOutbox();
      await outbox.accept(events(0, 200));
      const scout = bench.node({ url, protocolVersion, backlogPerSecond: 400 }, { outbox });
      scout.uplink.start();
      await live.until((messages) => seenBy(messages).length > 0);
      await accept(outbox, scout.uplink, events(200, 210));
      await live.until((messages) => seenBy(messages).length >= 210, 20_000);
      await expect.poll(() => outbox.entries.size, SOON).toBe(0);
      const seen = seenBy(live.messages);
      expect(eventPayload.parse(seen[0])).toEqual({
        ...eventSample('event-0'),
        bootId: 'boot-1',
        sequence: 1,
        historical: true,
      });
      const lane = (historical: boolean) =>
        seen.filter((one) => one.historical === historical).map(({ sequence }) => sequence);
      expect(lane(true)).toEqual(Array.from({ length: 200 }, (_, i) => i + 1));
      expect(lane(false)).toEqual(Array.from({ length: 10 }, (_, i) => 201 + i));
      // Live events did not wait for the backlog.
      expect(seen.findIndex(({ sequence }) => sequence === 201)).toBeLessThan(200);
      expect(scout.uplink.state).toMatchObject({ state: 'connected', reason: null, dropped: {} });
    },
  );

  it('loses nothing and keeps each camera in order in each lane while the network breaks again and again', async () => {
    const { port } = await bench.broker(KEEPS_ALL);
    const live = await bench.reader({ port });
    const line = await bench.proxy(port);
    const outbox = new MemoryOutbox();
    const scout = bench.node({ url: `mqtt://127.0.0.1:${line.port}`, backlogPerSecond: 2_000 }, { outbox });
    scout.uplink.start();
    for (let round = 0; round < 8; round += 1) {
      for (const camera of ['leaf', 'trap']) {
        const from = round * 100;
        await accept(
          outbox,
          scout.uplink,
          events(from, from + 100, camera).map((message, i) => ({
            ...message,
            payload: { ...message.payload, id: `${camera}-${from + i}` },
          })),
        );
      }
      await new Promise((resolve) => setTimeout(resolve, 60));
      line.cut();
    }
    await expect.poll(() => outbox.entries.size, { timeout: 20_000 }).toBe(0);
    await live.until((messages) => new Set(seenBy(messages).map(({ id }) => id)).size >= 1_600, 20_000);
    const newest = new Map<string, number>();
    for (const { camera, historical, sequence } of firstsOf(seenBy(live.messages))) {
      expect(sequence).toBeGreaterThan(newest.get(`${camera} ${historical}`) ?? 0);
      newest.set(`${camera} ${historical}`, sequence);
    }
  });

  it('goes on after a restart of the node with what the broker had not acknowledged', async () => {
    const { url, port } = await bench.broker(KEEPS_ALL);
    const outbox = new MemoryOutbox();
    const first = bench.node({ url: `mqtt://127.0.0.1:${await freePort()}` }, { outbox });
    first.uplink.start();
    await accept(outbox, first.uplink, events(0, 50));
    await first.uplink.stop();
    expect(outbox.entries.size).toBe(50);
    const live = await bench.reader({ port });
    const second = bench.node({ url, backlogPerSecond: 1_000 }, { outbox });
    second.uplink.start();
    await live.until((messages) => seenBy(messages).length >= 50);
    await expect.poll(() => outbox.entries.size, SOON).toBe(0);
    expect(seenBy(live.messages).every(({ historical }) => historical)).toBe(true);
  });

  it('holds no more than the window and a page of each lane in memory while the broker is frozen', async () => {
    const frozen = await bench.broker(KEEPS_ALL);
    const live = await bench.reader({ port: frozen.port });
    const outbox = new MemoryOutbox();
    let most = 0;
    const read = outbox.read.bind(outbox);
    let reads = 0;
    outbox.read = async (range) => {
      reads += 1;
      const page = await read(range);
      most = Math.max(most, page.length);
      return page;
    };
    const scout = bench.node({ url: frozen.url, maxInFlight: 20 }, { outbox });
    scout.uplink.start();
    await expect.poll(() => scout.uplink.state.state, SOON).toBe('connected');
    await live.until((messages) => messages.length > 0);
    frozen.signal('SIGSTOP');
    for (let i = 0; i < 40; i += 1) await accept(outbox, scout.uplink, events(i * 100, i * 100 + 100));
    expect(scout.uplink.state.queued).toBeLessThanOrEqual(20);
    expect([most <= 128, reads < 20]).toEqual([true, true]);
    frozen.signal('SIGCONT');
    await expect.poll(() => outbox.entries.size, { timeout: 20_000 }).toBe(0);
    await live.until((messages) => seenBy(messages).length >= 4_000, 20_000);
    expect(seenBy(live.messages).map(({ sequence }) => sequence)).toEqual(
      Array.from({ length: 4_000 }, (_, i) => i + 1),
    );
  });

  it('keeps what the access list refuses (version 5), sends the rest, and delivers it when the list allows it', async () => {
    const acl = (more: string) =>
      `topic readwrite ${BASE}/status\ntopic write ${BASE}/cameras/trap/events\ntopic read #\n${more}`;
    const broker = await bench.broker({ acl: acl('') });
    const live = await bench.reader({ port: broker.port });
    const outbox = new MemoryOutbox();
    const scout = bench.node(
      { url: broker.url, protocolVersion: 5 },
      { outbox, refusalBackoff: { firstMs: 100, mostMs: 400 } },
    );
    scout.uplink.start();
    await accept(outbox, scout.uplink, [...events(0, 5), ...events(5, 8, 'trap')]);
    await live.until((messages) => seenBy(messages).length === 3);
    const reason =
      `the broker refuses messages on ${BASE}/cameras/leaf/events: ` +
      'not authorised: check mqtt.username, mqtt.passwordFile and its access rules';
    await expect.poll(() => scout.uplink.state, SOON).toMatchObject({ state: 'connected', reason, dropped: {} });
    await expect.poll(() => outbox.entries.size, SOON).toBe(5);
    writeFileSync(broker.aclFile, acl(`topic write ${BASE}/cameras/leaf/events\n`));
    broker.signal('SIGHUP');
    await expect.poll(() => outbox.entries.size, SOON).toBe(0);
    await live.until((messages) => seenBy(messages).length === 8);
    expect(seenBy(live.messages).map(({ sequence }) => sequence)).toEqual([6, 7, 8, 1, 2, 3, 4, 5]);
    await expect.poll(() => scout.uplink.state.reason, SOON).toBeNull();
  });

  it('gives up and names what is too large for the broker (version 5), and sends the others', async () => {
    const { url, port } = await bench.broker({ config: ['max_packet_size 20000'] });
    const live = await bench.reader({ port });
    const outbox = new MemoryOutbox();
    const large = { ...event('large'), payload: { ...eventSample('large'), padding: 'x'.repeat(30_000) } };
    const scout = bench.node({ url, protocolVersion: 5 }, { outbox });
    scout.uplink.start();
    await accept(outbox, scout.uplink, [event('before'), large, event('after')]);
    await live.until((messages) => seenBy(messages).length === 2);
    await expect.poll(() => outbox.entries.size, SOON).toBe(0);
    expect(outbox.givenUp).toEqual([{ sequence: 2, reason: 'too-large' }]);
    expect(scout.log()).toContain('are too large for the broker, and are given up');
  });

  it('leaves out an event over which the broker hangs up (version 3.1.1), keeps it, and sends the others', async () => {
    const { url, port } = await bench.broker({ config: ['max_packet_size 20000'] });
    const live = await bench.reader({ port });
    const outbox = new MemoryOutbox();
    const large = { ...event('large'), payload: { ...eventSample('large'), padding: 'x'.repeat(30_000) } };
    await outbox.accept([event('before'), large, event('after')]);
    const scout = bench.node({ url }, { outbox });
    scout.uplink.start();
    await live.until((messages) => seenBy(messages).some(({ id }) => id === 'after'), 20_000);
    await expect.poll(() => outbox.entries.size, SOON).toBe(1);
    expect(outbox.givenUp).toEqual([]);
    expect(scout.log()).toContain('is left out for an hour');
  });

  it('leaves a broker that does not acknowledge, says so, and sends again what it may not have', async () => {
    const frozen = await bench.broker(KEEPS_ALL);
    const outbox = new MemoryOutbox();
    const scout = bench.node({ url: frozen.url }, { outbox, answerTimeoutMs: 500 });
    scout.uplink.start();
    await expect.poll(() => scout.uplink.state.state, SOON).toBe('connected');
    const live = await bench.reader({ port: frozen.port });
    frozen.signal('SIGSTOP');
    await accept(outbox, scout.uplink, events(0, 3));
    await expect.poll(() => scout.log(), SOON).toContain('the broker does not acknowledge messages');
    frozen.signal('SIGCONT');
    await expect.poll(() => outbox.entries.size, SOON).toBe(0);
    await live.until((messages) => new Set(seenBy(messages).map(({ id }) => id)).size === 3);
  });

  it('says that a broker of version 3.1.1 may drop what it acknowledges, where its access list does', async () => {
    const { url } = await bench.broker({ acl: 'topic read #\n' });
    const scout = bench.node({ url }, { echoWithinMs: 200 });
    scout.uplink.start();
    await expect
      .poll(() => scout.uplink.state, SOON)
      .toMatchObject({
        state: 'connected',
        reason: expect.stringContaining(`the broker acknowledges, but "${BASE}/status" does not come back`),
      });
  });

  it('says nothing of the kind where the message comes back', async () => {
    const { url } = await bench.broker();
    const scout = bench.node({ url }, { echoWithinMs: 200 });
    scout.uplink.start();
    await expect.poll(() => scout.uplink.state.state, SOON).toBe('connected');
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(scout.uplink.state.reason).toBeNull();
  });

  it('lets events wait when the byte budget is used up, says until when, and goes on in the next window', async () => {
    const { url, port } = await bench.broker(KEEPS_ALL);
    const live = await bench.reader({ port });
    const outbox = new MemoryOutbox();
    const clock = { nowMs: Date.parse('2026-05-04T03:02:01.000Z') };
    const options = { outbox, now: () => clock.nowMs };
    const scout = bench.node({ url, budget: { bytesPerHour: 50_000 }, backlogPerSecond: 1_000 }, options);
    scout.uplink.start();
    await expect.poll(() => scout.uplink.state.state, SOON).toBe('connected');
    await accept(outbox, scout.uplink, events(0, 100));
    await expect.poll(() => scout.uplink.state.budget?.eventsWaitUntilMs, SOON).toBe(clock.nowMs + 3_600_000);
    await expect.poll(() => scout.uplink.state.queued, SOON).toBe(0);
    const sent = 100 - outbox.entries.size;
    expect(sent).toBeGreaterThan(20);
    expect(sent).toBeLessThan(60);
    scout.uplink.publish({ topic: topics.camera('leaf').snapshot, qos: 0, retain: false, bytes: new Uint8Array(10) });
    expect(scout.uplink.state.dropped).toEqual({ budget: 1 });
    scout.uplink.publish({ topic: topics.health, qos: 1, retain: true, keep: 'latest', payload: { said: 'once' } });
    await live.until((messages) => messages.some(({ topic }) => topic === topics.health));
    const used = scout.uplink.budgetUse;
    await scout.uplink.stop();

    const again = bench.node(
      { url, budget: { bytesPerHour: 50_000 }, backlogPerSecond: 1_000 },
      { ...options, budgetUse: used },
    );
    again.uplink.start();
    await expect.poll(() => again.uplink.state.state, SOON).toBe('connected');
    expect(again.uplink.state.budget?.eventsWaitUntilMs).not.toBeNull();
    for (let hour = 0; hour < 5 && outbox.entries.size > 0; hour += 1) {
      clock.nowMs += 3_600_001;
      again.uplink.wake();
      await expect
        .poll(
          () =>
            again.uplink.state.queued === 0 &&
            (outbox.entries.size === 0 || again.uplink.state.budget?.eventsWaitUntilMs !== null),
          SOON,
        )
        .toBe(true);
    }
    expect(outbox.entries.size).toBe(0);
    await live.until((messages) => seenBy(messages).length >= 100);
    expect(firstsOf(seenBy(live.messages)).map(({ sequence }) => sequence)).toEqual(
      Array.from({ length: 100 }, (_, i) => i + 1),
    );
  });

  it('hears commands, and knows those that the broker had kept', async () => {
    const { url, port } = await bench.broker();
    const heard: { topic: string; body: string; retain: boolean }[] = [];
    const commander = bench.node({ url, clientId: 'commander' });
    commander.uplink.start();
    await expect.poll(() => commander.uplink.state.state, SOON).toBe('connected');
    const { running, capture } = topics.camera('leaf').things;
    commander.uplink.publish({ topic: running.set, qos: 1, retain: true, bytes: Buffer.from('OFF') });
    await expect.poll(() => commander.uplink.state.queued, SOON).toBe(0);
    const scout = bench.node(
      { url },
      {
        listening: {
          filters: topics.commandFilters,
          heard: ({ topic, body, retain }) => heard.push({ topic, body: String(body), retain }),
        },
      },
    );
    scout.uplink.start();
    const live = await bench.reader({ port, topics: [capture.set] });
    await expect.poll(() => heard, SOON).toEqual([{ topic: running.set, body: 'OFF', retain: true }]);
    commander.uplink.publish({ topic: capture.set, qos: 1, retain: false, bytes: Buffer.from('ON') });
    await live.until((messages) => messages.length === 1);
    await expect.poll(() => heard.slice(1), SOON).toEqual([{ topic: capture.set, body: 'ON', retain: false }]);
  });

  it('knows in version 5 that a command is to be kept when it is said, too', async () => {
    const { url } = await bench.broker();
    const heard: [string, boolean][] = [];
    const listening = {
      filters: topics.commandFilters,
      heard: ({ body, retain }: HeardMessage) => heard.push([String(body), retain]),
    };
    const scout = bench.node({ url, protocolVersion: 5 }, { listening });
    const commander = bench.node({ url, clientId: 'commander' });
    for (const { uplink } of [scout, commander]) {
      uplink.start();
      await expect.poll(() => uplink.state.state, SOON).toBe('connected');
    }
    const { set } = topics.camera('leaf').things.running;
    commander.uplink.publish({ topic: set, qos: 1, retain: true, bytes: Buffer.from('OFF') });
    commander.uplink.publish({ topic: set, qos: 1, retain: false, keep: 'all', bytes: Buffer.from('ON') });
    await expect
      .poll(() => heard, SOON)
      .toEqual([
        ['OFF', true],
        ['ON', false],
      ]);
  });

  it('never logs its password, whatever goes wrong', async () => {
    const users = { scout: 'a-very-secret-word' };
    const { url } = await bench.broker({ users });
    const right = bench.node({ url, username: 'scout', password: users.scout });
    const wrong = bench.node({ url, username: 'scout', password: 'another-secret-word', clientId: 'other' });
    const nowhere = bench.node({
      url: `mqtt://127.0.0.1:${await freePort()}`,
      username: 'scout',
      password: users.scout,
    });
    for (const { uplink } of [right, wrong, nowhere]) uplink.start();
    await expect.poll(() => right.uplink.state.state, SOON).toBe('connected');
    await expect.poll(() => wrong.uplink.state.reason, SOON).toContain('check mqtt.username');
    await expect.poll(() => nowhere.uplink.state.reason, SOON).toContain('nothing listens there');
    for (const { uplink, log } of [right, wrong, nowhere]) {
      await uplink.stop();
      expect(`${log()}${JSON.stringify(uplink.state)}`).not.toMatch(/secret-word/);
    }
  });
});

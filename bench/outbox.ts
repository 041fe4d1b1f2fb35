/**
 * How many events a second go by way of the disk to a broker and are acknowledged: the outbox (SQLite, each accept on the disk for
 * good) drained by the uplink, live and as a backlog, against plain mqtt.js with QoS 1, which keeps them in memory. Same mosquitto,
 * same payloads. The bar is 1,500 events/s on two cores.
 *
 *     npx tsx bench/outbox.ts [--events 20000]
 */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import mqtt from 'mqtt';
import { pino } from 'pino';
import { openJournal } from '../src/journal/open-journal.js';
import { Acceptance } from '../src/uplink/acceptance.js';
import { eventMessage } from '../src/uplink/channels.js';
import { MqttUplink } from '../src/uplink/mqtt-uplink.js';
import { nodeTopics } from '../src/uplink/topics.js';
import { startMosquitto } from '../test/support/mosquitto.js';
import { eventSample } from '../test/support/payloads.js';

const { values } = parseArgs({ options: { events: { type: 'string', default: '20000' } } });
const events = Number(values.events);
const log = pino({ level: 'silent' });
const topics = nodeTopics('fieldscout', 'farm', 'scout');
const broker = await startMosquitto({ config: ['max_queued_messages 0'] });
const dir = await mkdtemp(join(tmpdir(), 'fieldscout-bench-'));
const journal = await openJournal({ dir, bootId: 'bench', gaps: { topic: topics.gaps, schema: 1 }, log });

function newUplink(): MqttUplink {
  const login = { url: broker.url, protocolVersion: 4, clientId: 'scout' } as const;
  return new MqttUplink({ ...login, topics, version: '0', backlogPerSecond: 100_000 }, log, { outbox: journal.outbox });
}

/** Hands over what a busy node could: some, then the next when the disk is not far behind. */
async function acceptAll(wake: () => void): Promise<void> {
  const acceptance = new Acceptance({ journal, onAccepted: wake, now: Date.now, log });
  for (let i = 0; i < events; i += 1) {
    acceptance.add(eventMessage(topics, eventSample(`event-${i}`)));
    if (acceptance.unwritten >= 1_000) await acceptance.done();
  }
  await acceptance.done();
}

async function drained(): Promise<void> {
  while ((await journal.outbox.stats()).waiting > 0) await new Promise((resolve) => setTimeout(resolve, 20));
}

async function measure(name: string, work: () => Promise<void>): Promise<void> {
  const start = performance.now();
  await work();
  const seconds = (performance.now() - start) / 1000;
  const rss = (process.memoryUsage().rss / 1e6).toFixed(0);
  console.log(`${name.padEnd(44)} ${(events / seconds).toFixed(0).padStart(7)} events/s   memory ${rss} MB`);
}

const live = newUplink();
live.start();
while (live.state.state !== 'connected') await new Promise((resolve) => setTimeout(resolve, 20));
await measure('outbox, live: accepted, sent, acknowledged', async () => {
  await acceptAll(() => live.wake());
  await drained();
});
await live.stop();

await measure('outbox, broker away: accepted', () => acceptAll(() => undefined));
const later = newUplink();
later.start();
await measure('outbox, backlog: sent, acknowledged', drained);
await later.stop();

const plain = await mqtt.connectAsync(broker.url);
await measure('mqtt.js, QoS 1, in memory: acknowledged', async () => {
  let waiting: Promise<unknown>[] = [];
  for (let i = 0; i < events; i += 1) {
    waiting.push(
      plain.publishAsync(topics.camera('leaf').events, JSON.stringify(eventSample(`event-${i}`)), { qos: 1 }),
    );
    if (waiting.length < 1_000) continue;
    await Promise.all(waiting);
    waiting = [];
  }
  await Promise.all(waiting);
});
await plain.endAsync();

await journal.close();
await broker.stop('SIGKILL');
await rm(dir, { recursive: true, force: true });

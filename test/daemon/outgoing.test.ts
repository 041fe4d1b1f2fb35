import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import mqtt from 'mqtt';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { EmbeddedBroker } from '../../src/broker/embedded-broker.js';
import { Outgoing } from '../../src/daemon/outgoing.js';
import { standingAlert } from '../../src/daemon/standing-alert.js';
import { openJournal } from '../../src/journal/open-journal.js';
import { alertMessage, countsMessage, eventMessage } from '../../src/uplink/channels.js';
import { MqttUplink } from '../../src/uplink/mqtt-uplink.js';
import { freePort, startMosquitto } from '../support/mosquitto.js';
import { startMosquittoSub } from '../support/mosquitto-sub.js';
import { needs } from '../support/needs.js';
import { alertSample, countsSample, eventSample } from '../support/payloads.js';
import { jsonOf, SOON, topics } from '../support/uplink-bench.js';

const log = pino({ level: 'silent' });
const cleanUps: (() => Promise<unknown> | unknown)[] = [];
let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'fieldscout-outgoing-'));
});
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
  await rm(dir, { recursive: true, force: true });
});

async function journal(bootId: string) {
  const opened = await openJournal({ dir, bootId, gaps: { topic: topics.gaps, schema: 1 }, log });
  cleanUps.push(() => opened.close());
  return opened;
}

function uplink(url: string, more: { username?: string; password?: string } = {}, outbox?: object) {
  const settings = { url, protocolVersion: 4, clientId: 'scout', topics, version: '0.1.0', ...more } as const;
  return new MqttUplink(settings, log, { backoff: { firstMs: 50, mostMs: 200 }, republishAfterMs: 60_000, ...outbox });
}

describe('the state of what goes out', () => {
  it('is told with what was last known where the journal cannot be read', async () => {
    const opened = await journal('boot-1');
    const offline = uplink('mqtt://127.0.0.1:9');
    const outgoing = new Outgoing({ journal: opened, uplink: offline, page: undefined, log });
    outgoing.publish(alertMessage(topics, alertSample));
    await outgoing.written();
    expect(await outgoing.state()).toMatchObject({ outbox: { waiting: 1 }, reason: null });
    await opened.close();
    expect(await outgoing.state()).toMatchObject({
      outbox: { waiting: 1 },
      reason: expect.stringMatching(/journal\.db takes nothing/),
    });
  });
});

describe('Outgoing', needs('mosquitto', 'mosquitto_sub'), () => {
  it("gives the page a copy at once while the farm's broker is away, and the farm all of it later, after a restart", async () => {
    const broker = new EmbeddedBroker({ host: '127.0.0.1', port: await freePort() }, log);
    const { url: pageUrl } = await broker.listen();
    cleanUps.push(() => broker.stop());
    const page = await mqtt.connectAsync(pageUrl);
    cleanUps.push(() => page.endAsync(true));
    const onPage: { topic: string; payload: Record<string, unknown> }[] = [];
    page.on('message', (topic, body) => onPage.push({ topic, payload: JSON.parse(String(body)) }));
    await page.subscribeAsync('#', { qos: 1 });

    const farmPort = await freePort();
    const farmUrl = `mqtt://127.0.0.1:${farmPort}`;
    const first = await journal('boot-1');
    const outgoing = new Outgoing({
      journal: first,
      uplink: uplink(farmUrl, {}, { outbox: first.outbox }),
      page: uplink(pageUrl, broker.daemonCredentials),
      log,
    });
    outgoing.start();
    outgoing.publish(eventMessage(topics, eventSample('event-1')));
    outgoing.publish(alertMessage(topics, alertSample));
    outgoing.publish(countsMessage(topics, countsSample(1)));
    const said = (end: string) => onPage.filter(({ topic }) => topic.endsWith(end)).map(({ payload }) => payload);
    await expect.poll(() => said('/events'), SOON).toMatchObject([{ id: 'event-1', sequence: 1, historical: false }]);
    await expect.poll(() => said('/alerts'), SOON).toMatchObject([{ id: 'alert-1', sequence: 2, historical: false }]);
    // What the page has got counts for nothing.
    await outgoing.written();
    expect(await outgoing.state()).toMatchObject({ outbox: { waiting: 2 }, unwritten: 0, reason: expect.any(String) });
    await outgoing.stop();
    await first.close();

    const farm = await startMosquitto({ port: farmPort });
    cleanUps.push(() => farm.stop('SIGKILL'));
    const farmer = await startMosquittoSub({ port: farmPort, topics: ['#'] });
    cleanUps.push(() => farmer.stop());
    const second = await journal('boot-2');
    const again = new Outgoing({
      journal: second,
      uplink: uplink(farmUrl, {}, { outbox: second.outbox }),
      page: undefined,
      log,
    });
    again.start();
    cleanUps.push(() => again.stop());
    again.publish(eventMessage(topics, eventSample('event-2')));
    await farmer.until((messages) => messages.filter(({ topic }) => !topic.endsWith('/status')).length === 3);
    await expect.poll(async () => (await again.state()).outbox.waiting, SOON).toBe(0);
    const heard = farmer.messages.filter(({ topic }) => !topic.endsWith('/status')).map(jsonOf);
    const lanes = heard.map((payload) => {
      const { id, bootId, sequence } = payload as Record<string, unknown>;
      return [id, bootId, sequence];
    });
    expect(lanes.sort((a, b) => Number(a[2]) - Number(b[2]))).toEqual([
      ['event-1', 'boot-1', 1],
      ['alert-1', 'boot-1', 2],
      ['event-2', 'boot-2', 3],
    ]);
  });

  it('says the newest alert again to a broker that kept nothing, after a restart of the node too', async () => {
    const port = await freePort();
    const run = async (bootId: string, alerts: readonly string[]) => {
      const farm = await startMosquitto({ port });
      const reader = await startMosquittoSub({ port, topics: [topics.alerts] });
      const opened = await journal(bootId);
      const retained = new Map(await standingAlert(opened, topics, (line) => expect.fail(line)));
      const farmUplink = uplink(farm.url, {}, { outbox: opened.outbox, retained, republishAfterMs: 100 });
      const outgoing = new Outgoing({ journal: opened, uplink: farmUplink, page: undefined, log });
      outgoing.start();
      for (const id of alerts) outgoing.publish(alertMessage(topics, { ...alertSample, id }));
      await reader.until((messages) =>
        messages.some((message) => (jsonOf(message) as { id: string }).id === 'alert-2'),
      );
      await expect.poll(async () => (await outgoing.state()).outbox.waiting, SOON).toBe(0);
      await outgoing.stop();
      await opened.close();
      await reader.stop();
      await farm.stop('SIGKILL');
      return reader.messages.map(jsonOf);
    };
    await run('boot-1', ['alert-1', 'alert-2']);
    expect(await run('boot-2', [])).toMatchObject([{ id: 'alert-2', bootId: 'boot-1', sequence: 2, historical: true }]);
  });
});

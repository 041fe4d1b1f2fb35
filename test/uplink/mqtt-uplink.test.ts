import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { Writable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { pino } from 'pino';
import { afterEach, describe, expect, it } from 'vitest';
import type { z } from 'zod';
import { EmbeddedBroker } from '../../src/broker/embedded-broker.js';
import {
  alertMessage,
  cameraStatusMessage,
  countsMessage,
  detectionsMessage,
  eventMessage,
  healthMessage,
  snapshotMessage,
} from '../../src/uplink/channels.js';
import { MemoryQueue } from '../../src/uplink/message-queue.js';
import { MqttUplink } from '../../src/uplink/mqtt-uplink.js';
import {
  alertPayload,
  cameraStatusPayload,
  countsPayload,
  detectionsPayload,
  eventPayload,
  healthPayload,
  statusPayload,
} from '../../src/uplink/payloads.js';
import { nodeTopics } from '../../src/uplink/topics.js';
import type { UplinkOptions, UplinkSettings } from '../../src/uplink/uplink-settings.js';
import { type Authority, makeAuthority } from '../support/certificates.js';
import { freePort, type Mosquitto, type MosquittoOptions, startMosquitto } from '../support/mosquitto.js';
import { type ReceivedMessage, type SubOptions, startMosquittoSub } from '../support/mosquitto-sub.js';
import { needs } from '../support/needs.js';
import {
  alertSample,
  cameraStatusSample,
  countsSample,
  detectionsSample,
  eventSample,
  healthSample,
} from '../support/payloads.js';
import { startTcpProxy } from '../support/tcp-proxy.js';

const topics = nodeTopics('fieldscout', 'farm', 'scout');
const BASE = 'fieldscout/farm/scout';
const SOON = { timeout: 15_000 };
const now = () => Date.parse('2026-05-04T03:02:01.000Z');
const cleanUps: (() => Promise<unknown> | unknown)[] = [];

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

interface Node {
  readonly uplink: MqttUplink;
  /** All that it logged. */
  log(): string;
}

function node(settings: Partial<UplinkSettings> & { readonly url: string }, options: UplinkOptions = {}): Node {
  const lines: string[] = [];
  const sink = new Writable({
    write(chunk, _encoding, done) {
      lines.push(String(chunk));
      done();
    },
  });
  const uplink = new MqttUplink(
    { protocolVersion: 4, clientId: 'scout', topics, version: '0.1.0', ...settings },
    pino({ level: 'debug' }, sink),
    { backoff: { firstMs: 50, mostMs: 200 }, republishAfterMs: 60_000, now, ...options },
  );
  cleanUps.push(() => uplink.stop());
  return { uplink, log: () => lines.join('') };
}

async function broker(options?: MosquittoOptions): Promise<Mosquitto> {
  const started = await startMosquitto(options);
  cleanUps.push(() => started.stop('SIGKILL'));
  return started;
}

async function reader(options: Omit<SubOptions, 'topics'> & { readonly topics?: readonly string[] }) {
  const started = await startMosquittoSub({ topics: ['#'], ...options });
  cleanUps.push(() => started.stop());
  return started;
}

async function proxy(targetPort: number, port?: number) {
  const started = await startTcpProxy(targetPort, port);
  cleanUps.push(() => started.stop());
  return started;
}

function authority(name: string): Authority {
  const made = makeAuthority(name);
  cleanUps.push(() => made.remove());
  return made;
}

const connected = ({ uplink }: Node) => expect.poll(() => uplink.state.state, SOON).toBe('connected');

const jsonOf = ({ body }: ReceivedMessage): unknown => JSON.parse(String(body));

const statesOf = (messages: readonly ReceivedMessage[]) =>
  messages
    .filter(({ topic }) => topic === `${BASE}/status`)
    .map((message) => (jsonOf(message) as { state: string }).state);

const eventIds = (messages: readonly ReceivedMessage[]) =>
  messages.filter(({ topic }) => topic.endsWith('/events')).map((message) => (jsonOf(message) as { id: string }).id);

const ids = (from: number, to: number) => Array.from({ length: to - from }, (_, index) => `event-${from + index}`);

describe('MqttUplink with mosquitto', needs('mosquitto', 'mosquitto_sub'), () => {
  it.each([
    { protocolVersion: 4, protocol: 'mqttv311' },
    { protocolVersion: 5, protocol: 'mqttv5' },
  ] as const)('says every kind of message as its schema has it (MQTT version $protocolVersion)', async (version) => {
    const { url, port } = await broker();
    const live = await reader({ port, protocol: version.protocol });
    const scout = node({ url, protocolVersion: version.protocolVersion });
    scout.uplink.start();
    await live.until((messages) => statesOf(messages).length === 1);
    const jpeg = Uint8Array.from([0xff, 0xd8, 0xff, 0xd9]);
    for (const message of [
      healthMessage(topics, healthSample),
      alertMessage(topics, alertSample),
      cameraStatusMessage(topics, 'leaf', cameraStatusSample),
      countsMessage(topics, countsSample(5)),
      eventMessage(topics, eventSample('event-0')),
      detectionsMessage(topics, detectionsSample),
      snapshotMessage(topics, 'leaf', jpeg),
    ])
      scout.uplink.publish(message);
    await live.until((messages) => messages.length === 8);
    await expect
      .poll(() => scout.uplink.state)
      .toEqual({ state: 'connected', reason: null, queued: 0, dropped: {}, budget: null });

    const heard = new Map(live.messages.map((message) => [message.topic, message]));
    const expected: readonly [string, number, z.ZodType, object][] = [
      ['status', 1, statusPayload, { schema: 1, state: 'online', at: '2026-05-04T03:02:01.000Z', version: '0.1.0' }],
      ['health', 1, healthPayload, healthSample],
      ['alerts', 1, alertPayload, alertSample],
      ['cameras/leaf/status', 1, cameraStatusPayload, cameraStatusSample],
      ['cameras/leaf/counts', 1, countsPayload, countsSample(5)],
      ['cameras/leaf/events', 1, eventPayload, eventSample('event-0')],
      ['cameras/leaf/detections', 0, detectionsPayload, detectionsSample],
    ];
    for (const [topic, qos, schema, payload] of expected) {
      const message = heard.get(`${BASE}/${topic}`);
      expect({ topic, qos: message?.qos }).toEqual({ topic, qos });
      expect(schema.parse(jsonOf(message as ReceivedMessage))).toEqual(payload);
    }
    expect(heard.get(`${BASE}/cameras/leaf/snapshot`)).toMatchObject({ qos: 0, body: Buffer.from(jpeg) });

    const late = await reader({ port });
    await late.until((messages) => messages.length >= 5);
    expect(late.messages.map(({ topic, retain }) => ({ topic, retain }))).toEqual(
      expect.arrayContaining(
        ['status', 'health', 'alerts', 'cameras/leaf/status', 'cameras/leaf/counts'].map((topic) => ({
          topic: `${BASE}/${topic}`,
          retain: true,
        })),
      ),
    );
    expect(late.messages).toHaveLength(5);
  });

  it('says stopped when it stops, and the broker drops the will', async () => {
    const { url, port } = await broker();
    const live = await reader({ port });
    const scout = node({ url });
    scout.uplink.start();
    await connected(scout);
    await scout.uplink.stop();
    const late = await reader({ port });
    await late.until((messages) => messages.length === 1);
    expect(statesOf(live.messages)).toEqual(['online', 'stopped']);
    expect(statesOf(late.messages)).toEqual(['stopped']);
    expect(scout.uplink.state).toEqual({ state: 'offline', reason: null, queued: 0, dropped: {}, budget: null });
  });

  it('stops although the broker is frozen, and leaves the last word to the will', async () => {
    const frozen = await broker();
    const live = await reader({ port: frozen.port });
    const scout = node({ url: frozen.url });
    scout.uplink.start();
    await live.until((messages) => statesOf(messages).length === 1);
    await connected(scout);
    frozen.signal('SIGSTOP');
    scout.uplink.publish(eventMessage(topics, eventSample('unanswered')));
    await scout.uplink.stop();
    expect(scout.uplink.state).toEqual({
      state: 'offline',
      reason: null,
      queued: 1,
      dropped: { stopped: 1 },
      budget: null,
    });
    frozen.signal('SIGCONT');
    await live.until((messages) => statesOf(messages).includes('offline'));
    expect(statesOf(live.messages)).toEqual(['online', 'stopped', 'offline']);
  });

  it('lets the broker say offline when its process is killed', async () => {
    const { url, port } = await broker();
    const live = await reader({ port });
    const script = fileURLToPath(new URL('../support/uplink-child.ts', import.meta.url));
    const child = spawn(process.execPath, ['--import', 'tsx', script, url], { stdio: 'inherit' });
    cleanUps.push(() => child.kill('SIGKILL'));
    await live.until((messages) => statesOf(messages).includes('online'), 20_000);
    child.kill('SIGKILL');
    await live.until((messages) => statesOf(messages).includes('offline'));
    const will = live.messages.at(-1) as ReceivedMessage;
    expect(will.qos).toBe(1);
    expect(statusPayload.parse(jsonOf(will))).toEqual({ schema: 1, state: 'offline', at: null, version: '0.1.0' });
    const late = await reader({ port });
    await late.until((messages) => messages.length === 1);
    expect(statesOf(late.messages)).toEqual(['offline']);
  });

  it('keeps events in order over an outage, loses none, and keeps the latest of the counts', async () => {
    const first = await broker();
    const line = await proxy(first.port);
    const scout = node({ url: `mqtt://127.0.0.1:${line.port}` });
    scout.uplink.start();
    await connected(scout);
    await line.stop();
    await first.stop('SIGKILL');
    await expect.poll(() => scout.uplink.state.reason, SOON).toContain('nothing listens there');
    for (const id of ids(0, 300)) {
      scout.uplink.publish(eventMessage(topics, eventSample(id)));
      scout.uplink.publish(countsMessage(topics, countsSample(Number(id.slice('event-'.length)))));
      scout.uplink.publish(detectionsMessage(topics, detectionsSample));
    }
    expect(scout.uplink.state.queued).toBe(301);
    expect(scout.uplink.state.dropped).toEqual({ offline: 300 });

    const second = await broker({ config: ['max_queued_messages 0'] });
    const live = await reader({ port: second.port });
    await proxy(second.port, line.port);
    await live.until((messages) => eventIds(messages).length >= 300, 20_000);
    await expect.poll(() => scout.uplink.state.queued, SOON).toBe(0);
    expect(eventIds(live.messages)).toEqual(ids(0, 300));
    const counts = live.messages.filter(({ topic }) => topic.endsWith('/counts')).map(jsonOf);
    expect(counts).toEqual([countsSample(299)]);
    expect(scout.uplink.state.dropped).toEqual({ offline: 300 });
  });

  it('loses no event and keeps their order when the network breaks again and again', async () => {
    const { port } = await broker({ config: ['max_queued_messages 0'] });
    const live = await reader({ port });
    const line = await proxy(port);
    const scout = node({ url: `mqtt://127.0.0.1:${line.port}` });
    scout.uplink.start();
    for (const id of ids(0, 2000)) scout.uplink.publish(eventMessage(topics, eventSample(id)));
    for (const enough of [100, 500, 900, 1300, 1700]) {
      await live.until((messages) => eventIds(messages).length >= enough);
      line.cut();
    }
    await expect.poll(() => scout.uplink.state.queued, SOON).toBe(0);
    scout.uplink.publish(eventMessage(topics, eventSample('last')));
    await live.until((messages) => eventIds(messages).includes('last'));
    expect([...new Set(eventIds(live.messages))]).toEqual([...ids(0, 2000), 'last']);
    expect(statesOf(live.messages).filter((state) => state === 'online').length).toBeGreaterThan(1);
    await expect
      .poll(() => scout.uplink.state)
      .toEqual({ state: 'connected', reason: null, queued: 0, dropped: {}, budget: null });
  });

  it('drops the oldest of a full queue and counts each', async () => {
    const port = await freePort();
    const scout = node({ url: `mqtt://127.0.0.1:${port}` }, { queue: new MemoryQueue(100) });
    scout.uplink.start();
    for (const id of ids(0, 250)) scout.uplink.publish(eventMessage(topics, eventSample(id)));
    expect(scout.uplink.state).toMatchObject({ queued: 100, dropped: { 'queue-full': 150 } });
    const late = await broker();
    const live = await reader({ port: late.port });
    await proxy(late.port, port);
    await live.until((messages) => eventIds(messages).length >= 100);
    await expect.poll(() => scout.uplink.state.queued, SOON).toBe(0);
    expect(eventIds(live.messages)).toEqual(ids(150, 250));
    expect(scout.uplink.state.dropped).toEqual({ 'queue-full': 150 });
  });

  it('says again what is retained, some time after each connect', async () => {
    const first = await broker();
    const line = await proxy(first.port);
    const scout = node({ url: `mqtt://127.0.0.1:${line.port}` }, { republishAfterMs: 100 });
    scout.uplink.start();
    await connected(scout);
    scout.uplink.publish(countsMessage(topics, countsSample(8)));
    scout.uplink.publish(alertMessage(topics, alertSample));
    await expect.poll(() => scout.uplink.state.queued).toBe(0);
    await line.stop();
    const second = await broker();
    const live = await reader({ port: second.port });
    await proxy(second.port, line.port);
    await live.until((messages) => messages.length >= 3);
    expect(live.messages.map(({ topic }) => topic).sort()).toEqual(
      ['alerts', 'cameras/leaf/counts', 'status'].map((topic) => `${BASE}/${topic}`),
    );
    expect(live.messages.filter(({ topic }) => topic.endsWith('/counts')).map(jsonOf)).toEqual([countsSample(8)]);
  });

  it.each([4, 5] as const)(
    'names a refused password, in version %i, and keeps it out of the log',
    async (protocolVersion) => {
      const { url } = await broker({ users: { scout: 'right-one' } });
      const scout = node({ url, protocolVersion, username: 'scout', password: 'wrong-secret' });
      scout.uplink.start();
      await expect
        .poll(() => scout.uplink.state.reason, SOON)
        .toMatch(/: (wrong user or password|not authorised): check mqtt.username/);
      expect(scout.log()).toContain('check mqtt.username');
      expect(scout.log()).not.toContain('wrong-secret');
    },
  );

  it('logs in with its password', async () => {
    const { url, port } = await broker({ users: { scout: 'right-one' } });
    const scout = node({ url, username: 'scout', password: 'right-one' });
    scout.uplink.start();
    await connected(scout);
    const late = await reader({ port, username: 'scout', password: 'right-one' });
    await late.until((messages) => messages.length === 1);
    expect(scout.log()).not.toContain('right-one');
  });

  it('counts and names what the access list refuses, and sends the rest', async () => {
    const acl = `topic readwrite ${BASE}/status\ntopic write ${BASE}/cameras/+/events\ntopic read #\n`;
    const { url, port } = await broker({ acl });
    const live = await reader({ port });
    const scout = node({ url, protocolVersion: 5 });
    scout.uplink.start();
    scout.uplink.publish(alertMessage(topics, alertSample));
    scout.uplink.publish(eventMessage(topics, eventSample('allowed')));
    await live.until((messages) => eventIds(messages).includes('allowed'));
    await expect
      .poll(() => scout.uplink.state)
      .toEqual({
        state: 'connected',
        reason:
          `the broker refuses messages on ${BASE}/alerts: ` +
          'not authorised: check mqtt.username, mqtt.passwordFile and its access rules',
        queued: 0,
        dropped: { refused: 1 },
        budget: null,
      });
  });

  it('drops and counts what is too large for the broker, and stays connected', async () => {
    const { url, port } = await broker({ config: ['max_packet_size 20000'] });
    const live = await reader({ port });
    const scout = node({ url, protocolVersion: 5 });
    scout.uplink.start();
    await connected(scout);
    await expect.poll(() => statesOf(live.messages)).toEqual(['online']);
    scout.uplink.publish(snapshotMessage(topics, 'leaf', new Uint8Array(30_000)));
    expect(scout.uplink.state.dropped).toEqual({ 'too-large': 1 });
    scout.uplink.publish(eventMessage(topics, eventSample('after')));
    await live.until((messages) => eventIds(messages).includes('after'));
    expect(statesOf(live.messages)).toEqual(['online']);
  });

  it('gives up a message over which the broker hangs up again and again, and sends the others', async () => {
    const { url, port } = await broker({ config: ['max_packet_size 20000'] });
    const live = await reader({ port });
    const scout = node({ url });
    scout.uplink.publish(eventMessage(topics, eventSample('before')));
    scout.uplink.publish({ topic: topics.camera('leaf').events, qos: 1, retain: false, bytes: new Uint8Array(30_000) });
    scout.uplink.publish(eventMessage(topics, eventSample('after')));
    scout.uplink.start();
    await live.until((messages) => eventIds(messages).includes('after'), 20_000);
    await expect.poll(() => scout.uplink.state.queued).toBe(0);
    expect([...new Set(eventIds(live.messages))]).toEqual(['before', 'after']);
    expect(scout.uplink.state.dropped).toEqual({ refused: 1 });
  });
});

describe('MqttUplink over TLS with mosquitto', needs('mosquitto', 'mosquitto_sub', 'openssl'), () => {
  it('speaks TLS with the CA and client certificate that it is given', async () => {
    const farm = authority('farm');
    const tls = { ca: farm.ca, ...farm.issue('localhost'), clientsToo: true };
    const { url } = await broker({ tls });
    const own = farm.issue('scout');
    const [ca, cert, key] = [farm.ca, own.cert, own.key].map((path) => readFileSync(path, 'utf8')) as [
      string,
      string,
      string,
    ];
    const scout = node({ url, ca, cert, key });
    scout.uplink.start();
    await connected(scout);

    const without = node({ url, ca, clientId: 'other' });
    without.uplink.start();
    await expect
      .poll(() => without.uplink.state.reason, SOON)
      .toBe(`${url}: it wants a client certificate: set mqtt.certFile and mqtt.keyFile`);
  });

  it('names a CA that did not sign, an expired certificate, a wrong host name and a port without TLS', async () => {
    const farm = authority('farm');
    const ca = readFileSync(farm.ca, 'utf8');
    const other = readFileSync(authority('other').ca, 'utf8');
    const good = await broker({ tls: { ca: farm.ca, ...farm.issue('localhost') } });
    const expired = await broker({ tls: { ca: farm.ca, ...farm.issue('localhost', { expired: true }) } });
    const elsewhere = await broker({ tls: { ca: farm.ca, ...farm.issue('elsewhere') } });
    const plain = await broker();
    const reasonFor = async (url: string, authorityPem: string) => {
      const scout = node({ url, ca: authorityPem });
      scout.uplink.start();
      await expect.poll(() => scout.uplink.state.reason, SOON).not.toBeNull();
      return scout.uplink.state.reason;
    };
    expect(await reasonFor(good.url, other)).toBe(
      `${good.url}: mqtt.caFile is not the authority that signed the broker's certificate`,
    );
    expect(await reasonFor(expired.url, ca)).toBe(
      `${expired.url}: the broker's certificate has expired, or this node's clock is wrong`,
    );
    expect(await reasonFor(elsewhere.url, ca)).toBe(
      `${elsewhere.url}: the broker's certificate is for another host name than mqtt.url's`,
    );
    const url = `mqtts://localhost:${plain.port}`;
    expect(await reasonFor(url, ca)).toMatch(
      /: (it does not speak TLS on that port: check mqtt.url|the connection was cut)/,
    );
  });
});

describe('MqttUplink', () => {
  it('publishes through the embedded broker, which lets nobody else', async () => {
    const embedded = new EmbeddedBroker({ host: '127.0.0.1', port: await freePort() }, pino({ level: 'silent' }));
    const { url } = await embedded.listen();
    cleanUps.push(() => embedded.stop());
    const scout = node({ url, ...embedded.daemonCredentials });
    scout.uplink.start();
    await connected(scout);
    scout.uplink.publish(eventMessage(topics, eventSample('one')));
    await expect
      .poll(() => scout.uplink.state)
      .toEqual({ state: 'connected', reason: null, queued: 0, dropped: {}, budget: null });
  });

  it('stops within a second when nobody listens, and counts what was still waiting', async () => {
    const scout = node({ url: `mqtt://127.0.0.1:${await freePort()}` });
    scout.uplink.start();
    scout.uplink.publish(eventMessage(topics, eventSample('lost')));
    await scout.uplink.stop();
    scout.uplink.publish(eventMessage(topics, eventSample('late')));
    expect(scout.uplink.state).toMatchObject({ state: 'offline', dropped: { stopped: 2 } });
  });

  it('counts a payload that JSON cannot say, names the number in the log, and goes on', async () => {
    const scout = node({ url: `mqtt://127.0.0.1:${await freePort()}` });
    scout.uplink.publish(countsMessage(topics, countsSample(Number.NaN)));
    scout.uplink.publish(countsMessage(topics, countsSample(1)));
    expect(scout.uplink.state).toMatchObject({ queued: 1, dropped: { unserialisable: 1 } });
    expect(scout.log()).toContain('now is NaN');
  });

  it('refuses certificates that cannot be used when it starts', async () => {
    const pem = '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n';
    const scout = node({ url: 'mqtts://localhost:1', cert: pem, key: pem });
    expect(() => scout.uplink.start()).toThrow(/^mqtt.caFile, certFile or keyFile cannot be used: /);
  });
});

import { once } from 'node:events';
import { connect as connectTcp, createServer, type Socket } from 'node:net';
import { type Duplex, duplexPair } from 'node:stream';
import mqtt, { type IClientOptions, MqttClient } from 'mqtt';
import { pino } from 'pino';
import { afterEach, describe, expect, it } from 'vitest';
import { type BrokerAddress, type BrokerSettings, EmbeddedBroker } from '../../src/broker/embedded-broker.js';
import { freePort } from '../support/mosquitto.js';

const logger = pino({ level: 'silent' });
const cleanUps: (() => Promise<unknown> | unknown)[] = [];

afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).reverse()) await cleanUp();
});

interface Running extends BrokerAddress {
  readonly broker: EmbeddedBroker;
}

async function start(settings: Partial<BrokerSettings> = {}, log = logger): Promise<Running> {
  const broker = new EmbeddedBroker({ host: '127.0.0.1', port: await freePort(), ...settings }, log);
  cleanUps.push(() => broker.stop());
  return { broker, ...(await broker.listen()) };
}

const closeOf = (some: MqttClient) => new Promise<void>((resolve) => some.once('close', () => resolve()));

/** A client that is connected; rejects with the broker's refusal. */
async function client(url: string, options: IClientOptions = {}): Promise<MqttClient> {
  const made = mqtt.connect(url, { reconnectPeriod: 0, ...options });
  cleanUps.push(() => made.endAsync(true));
  await new Promise<void>((resolve, reject) => {
    made.once('connect', () => resolve());
    made.once('error', reject);
    made.once('close', () => reject(new Error('closed')));
  });
  return made;
}

const daemonClient = ({ broker, url }: Running, options: IClientOptions = {}) =>
  client(url, { clientId: 'scout', ...broker.daemonCredentials, ...options });

interface Heard {
  readonly topic: string;
  readonly text: string;
  readonly retain: boolean;
}

async function listenTo(reader: MqttClient, filter: string): Promise<Heard[]> {
  const heard: Heard[] = [];
  reader.on('message', (topic, body, { retain }) => heard.push({ topic, text: String(body), retain }));
  await reader.subscribeAsync(filter, { qos: 1 });
  return heard;
}

async function tcp(port: number): Promise<Socket> {
  const socket = connectTcp(port, '127.0.0.1');
  socket.on('error', () => socket.destroy());
  cleanUps.push(() => socket.destroy());
  await once(socket, 'connect');
  return socket;
}

/** Small, quick and the same each time (xorshift32). */
function randomBytesOf(seed: number): () => Buffer {
  let state = seed;
  const next = () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
  return () => Buffer.from(Array.from({ length: 1 + (next() % 200) }, () => next() & 0xff));
}

const CONNECT = Buffer.from([0x10, 0x0d, 0, 4, 0x4d, 0x51, 0x54, 0x54, 4, 2, 0, 60, 0, 1, 0x78]);

describe('EmbeddedBroker', () => {
  it('carries what the daemon publishes to readers, and keeps what is retained for later ones', async () => {
    const running = await start();
    const daemon = await daemonClient(running);
    const early = await listenTo(await client(running.url), 'fieldscout/#');
    await daemon.publishAsync('fieldscout/farm/scout/status', 'online', { qos: 1, retain: true });
    await daemon.publishAsync('fieldscout/farm/scout/alerts', 'passing', { qos: 1 });
    const late = await listenTo(await client(running.url), 'fieldscout/#');
    await daemon.publishAsync('fieldscout/end', '.', { qos: 1 });
    const status = { topic: 'fieldscout/farm/scout/status', text: 'online' };
    const end = { topic: 'fieldscout/end', text: '.', retain: false };
    await expect.poll(() => late).toEqual([{ ...status, retain: true }, end]);
    await expect
      .poll(() => early)
      .toEqual([
        { ...status, retain: false },
        { topic: 'fieldscout/farm/scout/alerts', text: 'passing', retain: false },
        end,
      ]);
  });

  it("publishes the daemon's will when its connection breaks", async () => {
    const running = await start();
    const will = { topic: 'node/status', payload: Buffer.from('offline'), qos: 1, retain: true } as const;
    const daemon = await daemonClient(running, { will });
    const heard = await listenTo(await client(running.url), '#');
    daemon.stream.destroy();
    await expect.poll(() => heard).toEqual([{ topic: 'node/status', text: 'offline', retain: false }]);
  });

  it('cuts off a reader that publishes, and carries neither its message nor its will', async () => {
    const running = await start();
    const daemon = await daemonClient(running);
    const heard = await listenTo(await client(running.url), '#');
    const will = { topic: 'forged', payload: Buffer.from('will'), qos: 0, retain: true } as const;
    const intruder = await client(running.url, { will });
    const closed = closeOf(intruder);
    intruder.publish('fieldscout/farm/scout/alerts', 'forged', { retain: true });
    await closed;
    await daemon.publishAsync('end', '.', { qos: 1 });
    await expect.poll(() => heard.map(({ topic }) => topic)).toEqual(['end']);
    const late = await listenTo(await client(running.url), '#');
    await daemon.publishAsync('end', '.', { qos: 1 });
    await expect.poll(() => late.map(({ topic }) => topic)).toEqual(['end']);
  });

  it('lets the page read through its door, and never publish, whatever secret it presents', async () => {
    const running = await start({ username: 'farmer', password: 'tomato' });
    const daemon = await daemonClient(running);
    const [here, there] = duplexPair();
    running.broker.attachStream(there as Duplex);
    const page = new MqttClient(() => here as never, { reconnectPeriod: 0, ...running.broker.daemonCredentials });
    cleanUps.push(() => page.endAsync(true));
    await new Promise<void>((resolve) => page.once('connect', () => resolve()));
    const heard = await listenTo(page, '#');
    await daemon.publishAsync('counts', '3', { qos: 1 });
    await expect.poll(() => heard).toEqual([{ topic: 'counts', text: '3', retain: false }]);
    const closed = once(there, 'close');
    page.publish('counts', '4');
    await closed;
    expect(heard).toHaveLength(1);
  });

  it('asks other clients for the password where one is set', async () => {
    const { url } = await start({ username: 'farmer', password: 'tomato' });
    const refusal = 'Connection refused: Bad username or password';
    const attempt = (options: IClientOptions) =>
      new Promise<string>((resolve) => {
        const made = mqtt.connect(url, { reconnectPeriod: 0, ...options });
        cleanUps.push(() => made.endAsync(true));
        made.on('connect', () => resolve('connected'));
        made.on('error', (error) => resolve(error.message));
      });
    expect(await attempt({})).toBe(refusal);
    expect(await attempt({ username: 'farmer', password: 'potato' })).toBe(refusal);
    expect(await attempt({ username: 'farmer', password: 'tomato' })).toBe('connected');
  });

  it('refuses to open to other machines without a password', async () => {
    const broker = new EmbeddedBroker({ host: '0.0.0.0', port: await freePort() }, logger);
    await expect(broker.listen()).rejects.toMatchObject({
      code: 'BROKER_INVALID',
      remedy: 'Set broker.username and broker.passwordFile, or leave broker.host at 127.0.0.1.',
    });
  });

  it("does not let a reader take the daemon's place by its client id", async () => {
    const running = await start();
    const daemon = await daemonClient(running);
    await expect(client(running.url, { clientId: 'scout' })).rejects.toThrow('Identifier rejected');
    expect(daemon.connected).toBe(true);
  });

  it('refuses a configured port that is taken, naming the setting', async () => {
    const other = createServer();
    other.listen(0, '127.0.0.1');
    await once(other, 'listening');
    cleanUps.push(() => other.close());
    const { port } = other.address() as { port: number };
    await expect(start({ port })).rejects.toMatchObject({
      code: 'PORT_TAKEN',
      message: `The broker cannot listen: port ${port} of 127.0.0.1 is taken.`,
      remedy: 'Set broker.port to a free port, or stop the program that uses it.',
    });
  });

  it('moves on from the default port where that is taken', async () => {
    const other = createServer();
    other.listen(1883, '127.0.0.1');
    // Where another program has it already, it is taken all the same.
    await Promise.race([once(other, 'listening'), new Promise((resolve) => other.on('error', resolve))]);
    cleanUps.push(() => other.close());
    const { port, moved, url } = await start({ port: undefined });
    expect(moved).toBe(true);
    expect(port).toBeGreaterThan(1883);
    expect(url).toBe(`mqtt://127.0.0.1:${port}`);
  });

  it('keeps no session for a reader that asks for one and leaves', async () => {
    const running = await start();
    const daemon = await daemonClient(running);
    const options = { clientId: 'sleeper', clean: false };
    const sleeper = await client(running.url, options);
    await sleeper.subscribeAsync('#', { qos: 1 });
    await sleeper.endAsync(true);
    await daemon.publishAsync('missed', '1', { qos: 1 });
    const back = await client(running.url, options);
    const heard = await listenTo(back, '#');
    await daemon.publishAsync('seen', '2', { qos: 1 });
    await expect.poll(() => heard.map(({ topic }) => topic)).toEqual(['seen']);
  });

  it('cuts off whoever announces a packet that is too large', async () => {
    const { port, broker } = await start();
    const socket = await tcp(port);
    socket.write(Buffer.from([0x10, 0xff, 0xff, 0xff, 0x7f]));
    await once(socket, 'close');
    expect(broker.refused).toBe(1);
  });

  it('takes a picture of nearly a megabyte from the daemon, byte by byte', async () => {
    const running = await start();
    const daemon = await daemonClient(running);
    const reader = await client(running.url);
    await reader.subscribeAsync('snapshot');
    const picture = Buffer.from(Array.from({ length: 1_000_000 }, (_, index) => index % 251));
    const received = new Promise<Buffer>((resolve) => reader.once('message', (_topic, body) => resolve(body)));
    await daemon.publishAsync('snapshot', picture);
    expect((await received).equals(picture)).toBe(true);
  });

  it('takes no more connections than allowed, and takes some again when others leave', async () => {
    const { port, url } = await start({ maxConnections: 2 });
    const [first] = [await tcp(port), await tcp(port)];
    await once(await tcp(port), 'close');
    first?.destroy();
    await expect.poll(() => client(url).then(() => 'connected', String)).toBe('connected');
  });

  it('sends a reader away that takes nothing, and serves the others meanwhile', async () => {
    const running = await start();
    const daemon = await daemonClient(running);
    const stalled = await client(running.url);
    await stalled.subscribeAsync('#');
    stalled.stream.pause();
    stalled.stream.removeAllListeners('data');
    const reader = await client(running.url);
    let received = 0;
    reader.on('message', () => {
      received += 1;
    });
    await reader.subscribeAsync('snapshot');
    for (let index = 0; index < 300; index += 1)
      await daemon.publishAsync('snapshot', Buffer.alloc(60_000), { qos: 1 });
    await expect.poll(() => received, { timeout: 15_000 }).toBe(300);
    expect(running.broker.refused).toBe(1);
  });

  it('survives 2,000 random byte strings, before and after a login, and still serves', async () => {
    const running = await start();
    const { port } = running;
    const nextBytes = randomBytesOf(20260504);
    for (let round = 0; round < 40; round += 1) {
      const sockets = await Promise.all(Array.from({ length: 50 }, () => tcp(port)));
      await Promise.all(
        sockets.map(async (socket, index) => {
          const bytes = index % 2 === 0 ? nextBytes() : Buffer.concat([CONNECT, nextBytes()]);
          socket.write(bytes);
          socket.end();
          socket.resume();
          await once(socket, 'close');
        }),
      );
    }
    const daemon = await daemonClient(running);
    const heard = await listenTo(await client(running.url), '#');
    await daemon.publishAsync('alive', 'yes', { qos: 1 });
    await expect.poll(() => heard).toEqual([{ topic: 'alive', text: 'yes', retain: false }]);
  });

  it('stops with connections open, and its port is free again', async () => {
    const running = await start();
    const reader = await client(running.url);
    const half = await tcp(running.port);
    const closed = Promise.all([closeOf(reader), once(half, 'close')]);
    await running.broker.stop();
    await closed;
    expect((await start({ port: running.port })).port).toBe(running.port);
  });

  it('tells once why a command of a reader does nothing', async () => {
    const lines: { level: number; topic?: string; msg: string }[] = [];
    const log = pino({ level: 'warn' }, { write: (line: string) => void lines.push(JSON.parse(line)) });
    const commands = { isCommand: (topic: string) => topic.endsWith('/set'), retained: () => undefined };
    const { url } = await start({ commands }, log);
    for (const topic of ['thing', 'thing/set', 'thing/set']) {
      const reader = await client(url);
      const gone = closeOf(reader);
      reader.publish(topic, 'OFF');
      await gone;
    }
    expect(lines).toEqual([
      expect.objectContaining({ level: 40, topic: 'thing/set', msg: expect.stringContaining('broker.username') }),
    ]);
  });

  describe('with a password and a door for commands', () => {
    const farmer = { username: 'farmer', password: 'tomato' };
    const retained: { topic: string; text: string }[] = [];
    const withDoor = () =>
      start({
        ...farmer,
        commands: {
          isCommand: (topic) => topic.startsWith('thing/') && topic.endsWith('/set'),
          retained: (topic, body) => retained.push({ topic, text: String(body) }),
        },
      });

    it('lets who knows it command, and publish nothing else', async () => {
      const running = await withDoor();
      const heard = await listenTo(await daemonClient(running), '#');
      const commander = await client(running.url, farmer);
      await commander.publishAsync('thing/one/set', 'ON', { qos: 1 });
      await expect.poll(() => heard).toEqual([{ topic: 'thing/one/set', text: 'ON', retain: false }]);
      const gone = closeOf(commander);
      commander.publish('thing/one/state', 'OFF', { qos: 1 });
      await gone;
      expect(heard).toHaveLength(1);
    });

    it('passes a command that is to be kept on to nobody, tells of it, and keeps nothing', async () => {
      const running = await withDoor();
      retained.length = 0;
      const heard = await listenTo(await daemonClient(running), '#');
      const commander = await client(running.url, farmer);
      await commander.publishAsync('thing/one/set', 'OFF', { qos: 1, retain: true });
      await commander.publishAsync('thing/two/set', 'ON', { qos: 1 });
      expect(retained).toEqual([{ topic: 'thing/one/set', text: 'OFF' }]);
      await expect
        .poll(() => heard.map(({ topic, text }) => [topic, text]))
        .toEqual([
          ['thing/one/set', ''],
          ['thing/two/set', 'ON'],
        ]);
      const late = await listenTo(await client(running.url, farmer), 'thing/#');
      await commander.publishAsync('thing/three/set', 'ON', { qos: 1 });
      await expect.poll(() => late.map(({ topic }) => topic)).toEqual(['thing/three/set']);
    });
  });

  it('lets nobody command where no password is set', async () => {
    const running = await start({ commands: { isCommand: () => true, retained: () => undefined } });
    const heard = await listenTo(await daemonClient(running), '#');
    const reader = await client(running.url);
    const gone = closeOf(reader);
    reader.publish('thing/one/set', 'ON', { qos: 1 });
    await gone;
    expect(heard).toEqual([]);
  });
});

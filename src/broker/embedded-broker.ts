import { randomBytes } from 'node:crypto';
import { createServer, type Server, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { Aedes, type AedesOptions, type Client, type PublishPacket } from 'aedes';
import type { Logger } from 'pino';
import {
  type AccessRules,
  type Credentials,
  type Door,
  type Login,
  type Role,
  readerCredentials,
  roleOf,
} from './access.js';
import { GuardedStream, WRITE_BUFFER_BYTES } from './guarded-stream.js';
import { listenOn } from './listen.js';
import { PacketLimiter } from './packet-limiter.js';

export interface BrokerSettings {
  readonly host: string;
  /** As configured; without it 1883 or the next free one. */
  readonly port?: number | undefined;
  /** What other clients log in with, already read from its file. */
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  /** Largest packet that the daemon itself may publish. */
  readonly maxPacketBytes?: number | undefined;
  /** Most connections at a time, the daemon's and the page's among them. */
  readonly maxConnections?: number | undefined;
  /** Without it the daemon alone publishes. */
  readonly commands?: CommandDoor | undefined;
}

/** What a client with a password may publish besides reading. */
export interface CommandDoor {
  isCommand(topic: string): boolean;
  /** A command that was to be kept: nobody gets it, and nothing is kept. */
  retained(topic: string, body: Buffer): void;
}

export interface BrokerAddress {
  readonly host: string;
  readonly port: number;
  /** For this machine: `mqtt://127.0.0.1:1883`. */
  readonly url: string;
  /** The default port was taken and the next free one is used. */
  readonly moved: boolean;
}

const DAEMON_PACKET_BYTES = 1 << 20;
/** A reader sends no more than its login, its subscriptions and commands. */
const READER_PACKET_BYTES = 64 << 10;
const MAX_CONNECTIONS = 100;
const MAX_SUBSCRIPTIONS = 100;
const LOGIN_TIMEOUT_MS = 10_000;
/** A reader that leaves more than this untaken is sent away, so that it cannot hold up the others. */
const MAX_BACKLOG_BYTES = WRITE_BUFFER_BYTES / 2;
/** So is one that does not even take a single packet larger than that. */
const STALLED_READER_MS = 5_000;

/** CONNACK return codes of MQTT 3.1.1. */
const IDENTIFIER_REJECTED = 2;
const BAD_USERNAME_OR_PASSWORD = 4;

interface Connection {
  readonly door: Door;
  readonly limiter: PacketLimiter;
  role: Role | undefined;
  subscriptions: number;
}

/**
 * The broker inside the daemon (MQTT 3.1.1). The daemon publishes, with a secret that is made anew at each
 * start; who logs in with the configured password may command; everyone else reads. Sessions end with their connection: nothing is queued for readers that went away.
 */
export class EmbeddedBroker {
  /** What the daemon's own client logs in with. */
  readonly daemonCredentials: Credentials = {
    username: 'fieldscout-daemon',
    password: randomBytes(32).toString('base64url'),
  };
  readonly #settings: BrokerSettings;
  readonly #logger: Logger;
  readonly #open = new Set<Duplex>();
  /** Outlives the stream: the daemon's will is published after its connection closed. */
  readonly #connections = new WeakMap<Duplex, Connection>();
  #daemonClientId: string | undefined;
  #aedes: Aedes | undefined;
  #server: Server | undefined;
  #refused = 0;
  #hasWarned = false;

  constructor(settings: BrokerSettings, logger: Logger) {
    this.#settings = settings;
    this.#logger = logger;
  }

  /** Connections that were cut for what they sent or for being too many. */
  get refused(): number {
    return this.#refused;
  }

  /**
   * Opens the TCP port.
   * @throws FieldscoutError PORT_TAKEN, or BROKER_INVALID where the settings would let others in without a password
   */
  async listen(): Promise<BrokerAddress> {
    const { host } = this.#settings;
    const rules: AccessRules = { daemon: this.daemonCredentials, readers: readerCredentials(this.#settings) };
    this.#aedes = await Aedes.createBroker(this.#aedesOptions(rules));
    this.#aedes.on('clientError', (client, error) => this.#cut(client.id, error));
    this.#aedes.on('connectionError', (_client, error) => this.#cut('before its login', error));
    (this.#aedes as NodeJS.EventEmitter).on('error', (error: Error) =>
      this.#logger.error({ reason: error.message }, 'the embedded broker could not pass a message on'),
    );
    this.#server = createServer((socket) => {
      socket.setNoDelay(true);
      this.#attach(socket, 'tcp');
    });
    try {
      const { port, moved } = await listenOn(this.#server, host, this.#settings.port);
      this.#server.on('error', (error) => this.#logger.error({ reason: error.message }, 'the broker port failed'));
      return { host, port, moved, url: `mqtt://${reachable(host)}:${port}` };
    } catch (error) {
      await this.stop();
      throw error;
    }
  }

  /** Takes in one WebSocket of the page as a stream of bytes; whoever is behind it may only read. */
  attachStream(stream: Duplex): void {
    this.#attach(stream, 'page');
  }

  /** Closes the port and every connection. */
  async stop(): Promise<void> {
    const [server, aedes] = [this.#server, this.#aedes];
    this.#server = undefined;
    this.#aedes = undefined;
    const closed = server?.listening ? new Promise<void>((resolve) => server.close(() => resolve())) : undefined;
    if (aedes) await new Promise<void>((resolve) => aedes.close(resolve));
    for (const stream of this.#open) stream.destroy();
    await closed;
  }

  #attach(source: Duplex | Socket, door: Door): void {
    if (!this.#aedes || this.#open.size >= (this.#settings.maxConnections ?? MAX_CONNECTIONS)) {
      this.#cut(door, new Error(this.#aedes ? 'too many connections' : 'the broker is stopped'));
      source.on('error', (error) => this.#logger.debug({ reason: error.message }, 'a refused connection failed'));
      source.destroy();
      return;
    }
    const limiter = new PacketLimiter(READER_PACKET_BYTES);
    const stream = new GuardedStream(source, limiter);
    this.#connections.set(stream, { door, limiter, role: undefined, subscriptions: 0 });
    this.#open.add(stream);
    stream.on('close', () => this.#open.delete(stream));
    this.#aedes.handle(stream);
  }

  #aedesOptions(rules: AccessRules): AedesOptions {
    return {
      connectTimeout: LOGIN_TIMEOUT_MS,
      drainTimeout: STALLED_READER_MS,
      preConnect: (_client, packet, done) => {
        packet.clean = true;
        done(null, true);
      },
      authenticate: (client, username, password, done) => {
        const refusal = this.#login(client, { username, password: password?.toString() }, rules);
        if (refusal === undefined) done(null, true);
        else done(Object.assign(new Error(refusal.reason), { returnCode: refusal.code }), false);
      },
      authorizePublish: (client, packet, done) => {
        const allowed = this.#mayPublish(client, packet);
        if (!allowed) this.#warnOfCommand(packet.topic);
        done(allowed ? null : new Error(`${client?.id} may not publish`));
      },
      authorizeForward: (client, packet) => {
        if (client.conn.writableLength <= MAX_BACKLOG_BYTES) return packet;
        client.conn.destroy(new Error('takes too little'));
        return null;
      },
      authorizeSubscribe: (client, subscription, done) => {
        const connection = this.#connectionOf(client);
        if (connection) connection.subscriptions += 1;
        done(null, connection && connection.subscriptions <= MAX_SUBSCRIPTIONS ? subscription : null);
      },
    };
  }

  #mayPublish(client: Client | null, packet: PublishPacket): boolean {
    const role = this.#connectionOf(client)?.role;
    if (packet.topic.startsWith('$')) return false;
    if (role !== 'commander') return role === 'daemon';
    const { commands } = this.#settings;
    if (!commands?.isCommand(packet.topic)) return false;
    if (!packet.retain) return true;
    const body = Buffer.from(packet.payload);
    // What readers then see on the topic is as empty as what clears a retained message.
    packet.payload = Buffer.alloc(0);
    packet.retain = false;
    if (body.length > 0) commands.retained(packet.topic, body);
    return true;
  }

  #login(
    client: Client,
    given: Login,
    rules: AccessRules,
  ): { readonly code: number; readonly reason: string } | undefined {
    const connection = this.#connectionOf(client);
    const role = connection && roleOf(connection.door, given, rules);
    if (!connection || role === undefined) return { code: BAD_USERNAME_OR_PASSWORD, reason: 'wrong user or password' };
    if (role === 'daemon') {
      this.#daemonClientId = client.id;
      connection.limiter.maxBytes = this.#settings.maxPacketBytes ?? DAEMON_PACKET_BYTES;
    } else if (client.id === this.#daemonClientId)
      return { code: IDENTIFIER_REJECTED, reason: "the daemon's own client id" };
    connection.role = role;
    return undefined;
  }

  #connectionOf(client: Client | null): Connection | undefined {
    return client ? this.#connections.get(client.conn) : undefined;
  }

  /** Once a start: whoever tries to command should learn why nothing happens, and nobody shall fill the log. */
  #warnOfCommand(topic: string): void {
    if (this.#hasWarned || !this.#settings.commands?.isCommand(topic)) return;
    this.#hasWarned = true;
    this.#logger.warn({ topic }, 'a command was refused: on this broker they need broker.username and its password');
  }

  #cut(client: string, error: Error): void {
    this.#refused += 1;
    this.#logger.debug({ client, reason: error.message }, 'the broker cut a connection');
  }
}

/** @returns an address by which this machine reaches a port that listens on `host` */
function reachable(host: string): string {
  if (host === '0.0.0.0') return '127.0.0.1';
  if (host === '::') return '[::1]';
  return host.includes(':') ? `[${host}]` : host;
}

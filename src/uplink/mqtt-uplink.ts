import type { Logger } from 'pino';
import { errorLine } from '../errors.js';
import { type Backoff, reconnectDelayMs } from './backoff.js';
import { type BrokerLogin, BrokerSession, type SessionLimits } from './broker-session.js';
import { checkCertificates } from './certificates.js';
import { statusMessage } from './channels.js';
import { type EncodedMessage, encodeMessage, type UplinkMessage } from './message.js';
import { MemoryQueue, type MessageQueue } from './message-queue.js';
import { NamedTimers } from './named-timers.js';
import { SCHEMA_VERSION, type StatusPayload } from './payloads.js';
import { answerOf } from './reasons.js';
import type { Topics } from './topics.js';
import type { DropReason, UplinkState } from './uplink-state.js';

export interface UplinkSettings extends BrokerLogin {
  readonly topics: Topics;
  /** Of Fieldscout, for the status payload. */
  readonly version: string;
}

/** What a test or another kind of store sets; the rest have these defaults. */
export interface UplinkOptions {
  readonly queue?: MessageQueue;
  readonly backoff?: Backoff;
  /** Time after each connect until what is retained is said again. */
  readonly republishAfterMs?: number;
  readonly now?: () => number;
  readonly random?: () => number;
}

const QUEUE_CAPACITY = 5_000;
const MAX_IN_FLIGHT = 64;
/** Where the network takes no more than this, messages of QoS 0 are dropped instead of piled up. */
const MAX_BACKLOG_BYTES = 4 << 20;
const ANSWER_TIMEOUT_MS = 30_000;
/** A connection that lasted so long was a success: the next attempt comes soon again. */
const STABLE_AFTER_MS = 10_000;
/** Connections that the broker may close over one and the same message until that message is given up. */
const MAX_CLOSES_OVER_A_MESSAGE = 5;
const STOP_DRAIN_MS = 500;
const STOP_STATUS_MS = 300;
const STOP_CLOSE_MS = 150;
/** Refusals (MQTT 5) that would come again for the same message. */
const FINAL_REFUSALS = new Set([135, 144, 149, 153]);

/**
 * The node's line to its broker. Messages of QoS 1 wait in a bounded queue of our own until the broker acknowledged
 * them; messages of QoS 0 are dropped while there is no connection. Every drop is counted by its reason.
 */
export class MqttUplink {
  readonly #settings: UplinkSettings;
  readonly #logger: Logger;
  readonly #queue: MessageQueue;
  readonly #backoff: Backoff;
  readonly #republishAfterMs: number;
  readonly #now: () => number;
  readonly #random: () => number;
  readonly #retained = new Map<string, EncodedMessage>();
  readonly #dropped: Partial<Record<DropReason, number>> = {};
  readonly #timers = new NamedTimers<'reconnect' | 'republish' | 'stable' | 'answer'>();
  #session: BrokerSession | undefined;
  #limits: SessionLimits | undefined;
  /** The broker answered to this connection's `online`: messages may follow. */
  #announced = false;
  #stopped = false;
  #failures = 0;
  #reason: string | null = null;
  #refusal: { readonly topic: string; readonly line: string } | undefined;
  /** Connections in a row that the broker closed while messages were on their way and none was acknowledged. */
  #fruitlessCloses = 0;
  #wakeStop: (() => void) | undefined;

  constructor(settings: UplinkSettings, logger: Logger, options: UplinkOptions = {}) {
    this.#settings = settings;
    this.#logger = logger;
    this.#queue = options.queue ?? new MemoryQueue(QUEUE_CAPACITY);
    this.#backoff = options.backoff ?? { firstMs: 500, mostMs: 30_000 };
    this.#republishAfterMs = options.republishAfterMs ?? 3_000;
    this.#now = options.now ?? Date.now;
    this.#random = options.random ?? Math.random;
  }

  get state(): UplinkState {
    const connected = this.#limits !== undefined;
    return {
      state: connected ? 'connected' : this.#session ? 'connecting' : 'offline',
      reason: connected ? (this.#refusal?.line ?? null) : this.#reason,
      queued: this.#queue.size,
      dropped: { ...this.#dropped },
    };
  }

  /**
   * Begins to connect, and goes on trying until `stop`.
   * @throws FieldscoutError BROKER_INVALID for certificates that cannot be used
   */
  start(): void {
    checkCertificates(this.#settings);
    this.#connect();
  }

  /** Never throws and never waits: what cannot be sent is queued, or dropped and counted. */
  publish(message: UplinkMessage): void {
    let encoded: EncodedMessage;
    try {
      encoded = encodeMessage(message);
    } catch (error) {
      this.#logger.error({ topic: message.topic, reason: errorLine(error) }, 'a payload that JSON cannot say');
      this.#drop('unserialisable');
      return;
    }
    if (this.#stopped) {
      this.#drop('stopped');
      return;
    }
    if (encoded.retain) this.#retained.set(encoded.topic, encoded);
    if (encoded.qos === 0) {
      this.#sendAtOnce(encoded);
      return;
    }
    this.#drop('queue-full', this.#queue.add(encoded).length);
    this.#pump();
  }

  /** Sends what it can, says `stopped` and closes; within a second, whatever the broker does. */
  async stop(): Promise<void> {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#timers.clear('reconnect', 'republish');
    await this.#until(STOP_DRAIN_MS, () => !this.#announced || this.#queue.size === 0);
    if (this.#session && this.#limits) {
      let said = false;
      this.#session.send(this.#status('stopped'), () => {
        said = true;
        this.#wakeStop?.();
      });
      await this.#until(STOP_STATUS_MS, () => said || !this.#session);
      // Without `stopped` the broker had better publish the will than leave `online` standing.
      if (said) await this.#session?.close(STOP_CLOSE_MS);
    }
    this.#session?.abandon();
    this.#session = undefined;
    this.#limits = undefined;
    this.#announced = false;
    this.#timers.clear('stable', 'answer', 'republish');
    const lost = this.#queue.size;
    if (lost === 0) return;
    this.#drop('stopped', lost);
    this.#logger.warn({ messages: lost }, 'stopped with messages that the broker did not get');
  }

  #connect(): void {
    const session = new BrokerSession(this.#settings, this.#status('offline'), {
      up: (limits) => this.#up(limits),
      down: (reason, byBroker) => this.#down(reason, byBroker),
    });
    this.#session = session;
    session.open();
  }

  #up(limits: SessionLimits): void {
    this.#limits = limits;
    this.#reason = null;
    this.#refusal = undefined;
    this.#logger.info({ url: this.#settings.url }, 'connected to the broker');
    this.#timers.set('stable', STABLE_AFTER_MS, () => {
      this.#failures = 0;
    });
    this.#timers.set('republish', this.#republishAfterMs, () => this.#republish());
    this.#awaitAnswer();
    const online = this.#status('online');
    this.#session?.send(online, (answer) => {
      if (answer !== 'acknowledged') this.#refuse(online.topic, answer.refusedBy);
      this.#timers.clear('answer');
      this.#announced = true;
      this.#pump();
    });
  }

  #down(reason: string, byBroker: boolean): void {
    const inFlight = this.#queue.inFlight;
    if (byBroker && this.#announced && inFlight > 0) this.#fruitlessCloses += 1;
    this.#queue.retry();
    if (this.#fruitlessCloses >= MAX_CLOSES_OVER_A_MESSAGE) this.#giveUpOldest(reason);
    this.#session = undefined;
    this.#limits = undefined;
    this.#announced = false;
    this.#timers.clear('stable', 'republish', 'answer');
    this.#failures += 1;
    const line = `${this.#settings.url}: ${reason}`;
    this.#logger[line === this.#reason ? 'debug' : 'warn']({ reason: line }, 'no connection to the broker');
    this.#reason = line;
    this.#wakeStop?.();
    if (this.#stopped) return;
    this.#timers.set('reconnect', reconnectDelayMs(this.#failures, this.#backoff, this.#random()), () =>
      this.#connect(),
    );
  }

  #pump(): void {
    while (this.#announced && this.#session && this.#limits) {
      // After a close over messages one goes at a time, so that the next close names the one at fault.
      const window = this.#fruitlessCloses > 0 ? 1 : Math.min(MAX_IN_FLIGHT, this.#limits.inFlight);
      if (this.#queue.inFlight >= window) break;
      const next = this.#queue.take();
      if (!next) break;
      const { ticket, message } = next;
      if (!this.#session.fits(message)) {
        this.#queue.remove(ticket);
        this.#tooLarge(message);
        continue;
      }
      this.#session.send(message, (answer) => {
        if (answer === 'acknowledged') {
          this.#fruitlessCloses = 0;
          if (this.#refusal?.topic === message.topic) this.#refusal = undefined;
        } else if (!FINAL_REFUSALS.has(answer.refusedBy)) {
          this.#session?.cut(`the broker did not take a message: ${answerOf(answer.refusedBy)}`);
          return;
        } else {
          this.#refuse(message.topic, answer.refusedBy);
        }
        this.#queue.remove(ticket);
        if (this.#queue.inFlight === 0) this.#timers.clear('answer');
        else this.#awaitAnswer();
        this.#pump();
      });
      if (this.#queue.inFlight === 1) this.#awaitAnswer();
    }
    if (this.#queue.size === 0) this.#wakeStop?.();
  }

  #sendAtOnce(message: EncodedMessage): void {
    if (!this.#session || !this.#limits) this.#drop('offline');
    else if (!this.#session.fits(message)) this.#tooLarge(message);
    else if (this.#session.backlogBytes > MAX_BACKLOG_BYTES) this.#drop('congested');
    else this.#session.send(message);
  }

  #republish(): void {
    for (const message of this.#retained.values()) {
      if (this.#queue.holds(message.topic)) continue;
      this.#drop('queue-full', this.#queue.add({ ...message, qos: 1 }).length);
    }
    this.#pump();
  }

  /** A broker that keeps silent over what is on its way is left. */
  #awaitAnswer(): void {
    this.#timers.set('answer', ANSWER_TIMEOUT_MS, () => this.#session?.cut('the broker does not acknowledge messages'));
  }

  #giveUpOldest(reason: string): void {
    const oldest = this.#queue.take();
    this.#fruitlessCloses = 0;
    if (!oldest) return;
    this.#queue.remove(oldest.ticket);
    this.#drop('refused');
    this.#logger.error({ topic: oldest.message.topic, reason }, 'gave up a message over which the broker hangs up');
  }

  #refuse(topic: string, code: number): void {
    const line = `the broker refuses messages on ${topic}: ${answerOf(code)}`;
    if (this.#refusal?.line !== line) this.#logger.error({ topic, reason: answerOf(code) }, 'a message was refused');
    this.#refusal = { topic, line };
    this.#drop('refused');
  }

  #tooLarge(message: EncodedMessage): void {
    this.#logger.warn({ topic: message.topic, bytes: message.body.length }, 'a message is too large for the broker');
    this.#drop('too-large');
  }

  #drop(reason: DropReason, messages = 1): void {
    if (messages > 0) this.#dropped[reason] = (this.#dropped[reason] ?? 0) + messages;
  }

  #status(state: StatusPayload['state']): EncodedMessage {
    const at = state === 'offline' ? null : new Date(this.#now()).toISOString();
    const { topics, version } = this.#settings;
    return encodeMessage(statusMessage(topics, { schema: SCHEMA_VERSION, state, at, version }));
  }

  /** Waits until `done` holds, looking whenever something happened, or until the time is over. */
  async #until(timeoutMs: number, done: () => boolean): Promise<void> {
    if (done()) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, timeoutMs);
      this.#wakeStop = () => {
        if (!done() && this.#session) return;
        clearTimeout(timer);
        resolve();
      };
    });
    this.#wakeStop = undefined;
  }
}

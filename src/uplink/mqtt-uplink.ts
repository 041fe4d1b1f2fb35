import type { Logger } from 'pino';
import { errorLine } from '../errors.js';
import { type Backoff, reconnectDelayMs } from './backoff.js';
import { type Answer, BrokerSession, packetBytes, type SessionLimits } from './broker-session.js';
import { type BudgetUse, ByteBudget } from './byte-budget.js';
import { checkCertificates } from './certificates.js';
import { statusMessage } from './channels.js';
import { Condition } from './condition.js';
import { Listener } from './listener.js';
import { type EncodedMessage, encodeMessage, type UplinkMessage } from './message.js';
import { MemoryQueue, type MessageQueue } from './message-queue.js';
import { NamedTimers } from './named-timers.js';
import { OutboxDrain } from './outbox-drain.js';
import { SCHEMA_VERSION, type StatusPayload } from './payloads.js';
import { Traffic } from './traffic.js';
import type { UplinkOptions, UplinkSettings } from './uplink-settings.js';
import type { DropReason, UplinkState } from './uplink-state.js';

const QUEUE_CAPACITY = 5_000;
const MAX_IN_FLIGHT = 64;
const BACKLOG_PER_SECOND = 50;
/** Where the network takes no more than this, messages of QoS 0 are dropped instead of piled up. */
const MAX_BACKLOG_BYTES = 4 << 20;
/** A connection that lasted so long was a success: the next attempt comes soon again. */
const STABLE_AFTER_MS = 10_000;
const LONGEST_TIMER_MS = 3_600_000;
const STOP_DRAIN_MS = 500;
const STOP_STATUS_MS = 300;
const STOP_CLOSE_MS = 150;

/**
 * The node's line to a broker. What must reach it comes from the outbox and leaves that when the broker acknowledged it. Retained
 * state waits in a bounded queue in memory, and messages of QoS 0 are dropped while there is no connection. Every drop is
 * counted by its reason.
 */
export class MqttUplink {
  readonly #settings: UplinkSettings;
  readonly #logger: Logger;
  readonly #queue: MessageQueue;
  readonly #drain: OutboxDrain | undefined;
  readonly #budget: ByteBudget;
  readonly #traffic: Traffic;
  readonly #onTurn: ((isUp: boolean, reason: string | null) => void) | undefined;
  readonly #listener: Listener;
  readonly #backoff: Backoff;
  readonly #republishAfterMs: number;
  readonly #answerTimeoutMs: number;
  readonly #now: () => number;
  readonly #random: () => number;
  readonly #retained: Map<string, EncodedMessage>;
  readonly #dropped: Partial<Record<DropReason, number>> = {};
  readonly #timers = new NamedTimers<'reconnect' | 'republish' | 'stable' | 'answer' | 'budget'>();
  #session: BrokerSession | undefined;
  #limits: SessionLimits | undefined;
  /** The broker answered to this connection's `online`: messages may follow. */
  #announced = false;
  #stopped = false;
  #failures = 0;
  #reason: string | null = null;
  /** Something happened that `stop` may wait for. */
  readonly #progress = new Condition();

  constructor(settings: UplinkSettings, logger: Logger, options: UplinkOptions = {}) {
    this.#settings = settings;
    this.#logger = logger;
    this.#queue = options.queue ?? new MemoryQueue(QUEUE_CAPACITY);
    this.#backoff = options.backoff ?? { firstMs: 500, mostMs: 30_000 };
    this.#republishAfterMs = options.republishAfterMs ?? 3_000;
    this.#answerTimeoutMs = options.answerTimeoutMs ?? 30_000;
    this.#now = options.now ?? Date.now;
    this.#random = options.random ?? Math.random;
    this.#onTurn = options.onTurn;
    const { url, protocolVersion } = settings;
    const { listening, echoWithinMs } = options;
    this.#listener = new Listener({ listening, url, protocolVersion, echoWithinMs, log: logger });
    this.#budget = new ByteBudget(settings.budget ?? {}, options.budgetUse, this.#now);
    this.#drain =
      options.outbox &&
      new OutboxDrain({
        outbox: options.outbox,
        backlogPerSecond: settings.backlogPerSecond ?? BACKLOG_PER_SECOND,
        onReady: () => this.#pump(),
        log: logger,
        elapsed: () => performance.now(),
        random: this.#random,
        refusalBackoff: options.refusalBackoff,
      });
    this.#retained = options.retained ?? new Map();
    this.#traffic = new Traffic({
      retained: this.#retained,
      queue: this.#queue,
      drain: this.#drain,
      budget: this.#budget,
      maxInFlight: settings.maxInFlight ?? MAX_IN_FLIGHT,
      healthTopic: settings.topics.health,
      elapsed: () => performance.now(),
      drop: (reason, messages) => this.#drop(reason, messages),
      log: logger,
    });
  }

  get state(): UplinkState {
    const connected = this.#limits !== undefined;
    return {
      state: connected ? 'connected' : this.#session ? 'connecting' : 'offline',
      reason: connected ? (this.#traffic.trouble ?? this.#listener.trouble) : this.#reason,
      queued: this.#traffic.queued,
      dropped: { ...this.#dropped },
      budget: this.#budget.isLimited ? this.#budget.state() : null,
    };
  }

  /** To be kept over a restart. */
  get budgetUse(): BudgetUse {
    return this.#budget.use;
  }

  /** The outbox has accepted something. */
  wake(): void {
    this.#drain?.wake();
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
    if (encoded.qos === 0) this.#sendAtOnce(encoded);
    else {
      this.#drop('queue-full', this.#queue.add(encoded).length);
      this.#pump();
    }
  }

  /** Sends what it can, says `stopped` and closes; within a second, whatever the broker does. */
  async stop(): Promise<void> {
    if (this.#stopped) return;
    this.#stopped = true;
    this.#timers.clear('reconnect', 'republish');
    await this.#progress.until(STOP_DRAIN_MS, () => !this.#announced || this.#traffic.isIdle);
    if (this.#session && this.#limits) {
      let said = false;
      this.#send(this.#session, this.#status('stopped'), () => {
        said = true;
        this.#progress.changed();
      });
      await this.#progress.until(STOP_STATUS_MS, () => said || !this.#session);
      // Without `stopped` the broker had better publish the will than leave `online` standing.
      if (said) await this.#session?.close(STOP_CLOSE_MS);
    }
    this.#session?.abandon();
    this.#session = undefined;
    this.#limits = undefined;
    this.#announced = false;
    this.#timers.clear('stable', 'answer', 'republish', 'budget');
    this.#listener.end();
    this.#drain?.end();
    // What the broker acknowledged is forgotten on the disk too, or it comes a second time after the restart.
    await this.#drain?.settled(STOP_STATUS_MS);
    const messages = this.#queue.size;
    this.#drop('stopped', messages);
    if (messages > 0) this.#logger.warn({ messages }, 'stopped with messages that the broker did not get');
  }

  #connect(): void {
    const session = new BrokerSession(this.#settings, this.#status('offline'), {
      up: (limits) => this.#up(session, limits),
      down: (reason, byBroker) => this.#down(reason, byBroker),
      heard: (message) => {
        if (!this.#stopped) this.#listener.heard(message);
      },
    });
    this.#session = session;
    session.open();
  }

  #up(session: BrokerSession, limits: SessionLimits): void {
    this.#limits = limits;
    this.#reason = null;
    this.#logger.info({ url: this.#settings.url }, 'connected to the broker');
    this.#timers.set('stable', STABLE_AFTER_MS, () => {
      this.#failures = 0;
    });
    this.#timers.set('republish', this.#republishAfterMs, () => this.#republish());
    this.#traffic.begin();
    this.#awaitAnswer();
    const online = this.#status('online');
    this.#listener.begin(session, online);
    this.#send(session, online, (answer) => {
      if (answer === 'acknowledged') this.#listener.acknowledged();
      else this.#traffic.refused(online.topic, answer.refusedBy);
      this.#timers.clear('answer');
      this.#announced = true;
      this.#onTurn?.(true, null);
      this.#pump();
    });
  }

  #down(reason: string, byBroker: boolean): void {
    this.#listener.end();
    this.#traffic.lost(reason, byBroker && this.#announced);
    this.#session = undefined;
    this.#limits = undefined;
    this.#announced = false;
    this.#timers.clear('stable', 'republish', 'answer', 'budget');
    this.#failures += 1;
    const line = `${this.#settings.url}: ${reason}`;
    this.#logger[line === this.#reason ? 'debug' : 'warn']({ reason: line }, 'no connection to the broker');
    this.#reason = line;
    this.#progress.changed();
    if (this.#stopped) return;
    this.#onTurn?.(false, line);
    const waitMs = reconnectDelayMs(this.#failures, this.#backoff, this.#random());
    this.#timers.set('reconnect', waitMs, () => this.#connect());
  }

  #pump(): void {
    const [session, limits] = [this.#session, this.#limits];
    while (this.#announced && session && limits && session === this.#session) {
      const parcel = this.#traffic.next(limits.inFlight);
      if (!parcel) break;
      if (!session.fits(parcel.message)) {
        this.#traffic.tooLarge(parcel.message, parcel);
        continue;
      }
      this.#send(session, parcel.message, (answer) => {
        const fault = this.#traffic.answered(parcel, answer);
        if (fault !== undefined) return session.cut(fault);
        if (this.#traffic.inFlight === 0) this.#timers.clear('answer');
        else this.#awaitAnswer();
        this.#pump();
      });
      if (this.#traffic.inFlight === 1) this.#awaitAnswer();
    }
    const waits = [this.#budget.waitMs('state'), this.#budget.waitMs('event')].filter((ms) => ms > 0);
    if (waits.length > 0) this.#timers.set('budget', Math.min(...waits, LONGEST_TIMER_MS) + 1, () => this.#pump());
    if (this.#traffic.isIdle) this.#progress.changed();
  }

  #send(session: BrokerSession, message: EncodedMessage, answered?: (answer: Answer) => void): void {
    this.#budget.spend(packetBytes(message));
    session.send(message, answered);
  }

  #sendAtOnce(message: EncodedMessage): void {
    if (!this.#session || !this.#limits) this.#drop('offline');
    else if (!this.#session.fits(message)) this.#traffic.tooLarge(message);
    else if (this.#budget.waitMs('live') > 0) this.#drop('budget');
    else if (this.#session.backlogBytes > MAX_BACKLOG_BYTES) this.#drop('congested');
    else {
      this.#traffic.accepted(message.topic);
      this.#send(this.#session, message);
    }
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
    this.#timers.set('answer', this.#answerTimeoutMs, () =>
      this.#session?.cut('the broker does not acknowledge messages'),
    );
  }

  #drop(reason: DropReason, messages = 1): void {
    if (messages > 0) this.#dropped[reason] = (this.#dropped[reason] ?? 0) + messages;
  }

  #status(state: StatusPayload['state']): EncodedMessage {
    const at = state === 'offline' ? null : new Date(this.#now()).toISOString();
    const { topics, version } = this.#settings;
    return encodeMessage(statusMessage(topics, { schema: SCHEMA_VERSION, state, at, version }));
  }
}

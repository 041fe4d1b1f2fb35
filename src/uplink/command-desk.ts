import type { Logger } from 'pino';
import { errorLine, FieldscoutError } from '../errors.js';
import type { HeardMessage } from './broker-session.js';
import type { Command, CommandError } from './command-payloads.js';
import { instant } from './compose.js';
import type { UplinkMessage } from './message.js';
import { SCHEMA_VERSION } from './payloads.js';
import { readCommand } from './read-command.js';
import { type CommandAddress, commandAddress, type Thing, type Topics } from './topics.js';

/** A command with an id that was answered. */
export interface AnsweredCommand {
  /** Topic and id. */
  readonly key: string;
  /** null where it was obeyed. */
  readonly refusal: string | null;
}

export interface DeskParts<Change extends PreparedCommand> {
  readonly topics: Topics;
  /** Answered before the restart, oldest first. */
  readonly answered: readonly AnsweredCommand[];
  /**
   * Makes ready what the command asks for, without any effect yet. @returns what then takes effect, and cannot fail
   * @throws FieldscoutError COMMAND_REFUSED with why it cannot be obeyed
   */
  readonly prepare: (command: Command) => Promise<Change>;
  /** What is in force for a thing, less the answer's `schema`, `at` and `id`. */
  readonly stateOf: (address: CommandAddress) => object;
  /** Writes what is answered, with `change` in force, so that it outlives a restart. @throws FieldscoutError STORAGE_FAILED */
  readonly save: (answered: readonly AnsweredCommand[], change: Change | undefined) => Promise<void>;
  readonly publish: (message: UplinkMessage) => void;
  readonly now: () => number;
  readonly log: Logger;
}

export interface PreparedCommand {
  /** Called when what it changes is on the disk. */
  readonly apply: () => void;
}

/** Ids that are known, over restarts too. */
const MOST_ANSWERED = 256;
/** What comes while so many wait is dropped: no person commands so fast. */
const MOST_WAITING = 100;

/**
 * Takes commands, one after the other, and answers each on the thing's `state` or `error`. A command with an id is obeyed once: what was
 * decided is on the disk before it takes effect, so that after a power cut too the same id is answered, and no more.
 */
export class CommandDesk<Change extends PreparedCommand> {
  readonly #parts: DeskParts<Change>;
  #answered: readonly AnsweredCommand[];
  #waiting = 0;
  #work: Promise<void> = Promise.resolve();
  #dropped = 0;

  constructor(parts: DeskParts<Change>) {
    this.#parts = parts;
    this.#answered = parts.answered;
  }

  /** Commands that came too fast. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Never throws and never waits. */
  heard(message: HeardMessage): void {
    const address = commandAddress(message.topic, this.#parts.topics);
    if (!address) return;
    // Clearing a retained message is said with an empty one.
    if (message.body.length === 0) return;
    if (this.#waiting >= MOST_WAITING) {
      if (this.#dropped % MOST_WAITING === 0) this.#parts.log.warn('commands come too fast: some are dropped');
      this.#dropped += 1;
      return;
    }
    this.#waiting += 1;
    this.#work = this.#work
      .then(() => this.#take(address, message))
      .catch((error: unknown) => this.#parts.log.error(`a command could not be answered: ${errorLine(error)}`))
      .finally(() => {
        this.#waiting -= 1;
      });
  }

  /** What is in force, said at the start. */
  sayState(address: CommandAddress, id: string | null = null): void {
    const { publish, stateOf, now } = this.#parts;
    const payload = { schema: SCHEMA_VERSION, at: instant(now()), id, ...stateOf(address) };
    publish({ topic: address.thing.state, qos: 1, retain: true, keep: 'latest', payload });
  }

  /** Resolves when all that came has been answered. */
  async done(): Promise<void> {
    await this.#work;
  }

  async #take(address: CommandAddress, message: HeardMessage): Promise<void> {
    const read = readCommand(address, message);
    if ('refusal' in read) {
      this.#refuse(address.thing, read.id, read.refusal);
      return;
    }
    const key = read.id === null ? undefined : `${message.topic} ${read.id}`;
    const before = this.#answered.find((answered) => answered.key === key);
    if (before) this.#answer(address, read.id, before.refusal);
    else this.#answer(address, read.id, await this.#obey(read.command, key));
  }

  /** @returns why it was refused; null where it was obeyed */
  async #obey(command: Command, key: string | undefined): Promise<string | null> {
    const { prepare, save, log } = this.#parts;
    let change: Change | undefined;
    let refusal: string | null = null;
    try {
      change = await prepare(command);
    } catch (error) {
      refusal = error instanceof FieldscoutError ? `${error.message} ${error.remedy}` : errorLine(error);
    }
    const answered = key === undefined ? this.#answered : [...this.#answered, { key, refusal }].slice(-MOST_ANSWERED);
    try {
      await save(answered, change);
    } catch (error) {
      // Neither obeyed nor remembered: the same command may be tried again.
      return errorLine(error);
    }
    this.#answered = answered;
    change?.apply();
    if (refusal === null) log.info({ ...command }, 'command obeyed');
    return refusal;
  }

  #answer(address: CommandAddress, id: string | null, refusal: string | null): void {
    if (refusal === null) this.sayState(address, id);
    else this.#refuse(address.thing, id, refusal);
  }

  #refuse(thing: Thing, id: string | null, reason: string): void {
    const { publish, now, log } = this.#parts;
    const payload: CommandError = { schema: SCHEMA_VERSION, at: instant(now()), id, reason };
    publish({ topic: thing.error, qos: 1, retain: false, keep: 'all', payload });
    log.warn({ thing: thing.set, reason }, 'a command was refused');
  }
}

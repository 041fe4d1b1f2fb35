import { isDeepStrictEqual } from 'node:util';
import { errorLine } from '../errors.js';
import { fileState } from '../regular-file.js';
import type { PromptSet } from '../types.js';

export interface PromptWatchOptions {
  /** Files of the loaded set. */
  readonly paths: readonly string[];
  /** Loads the set again, with all its files. */
  readonly load: () => Promise<PromptSet>;
  /** The set in force. */
  readonly set: PromptSet;
  /** Where it fails it is called again at the next look. */
  readonly onChange: (set: PromptSet) => void | Promise<void>;
  /** Takes the one line that says why the files on disk are of no use; the set in force stays. */
  readonly onError: (line: string) => void;
  /** Time between two looks. Polling sees every editor's way of saving, and network drives too. */
  readonly everyMs?: number;
}

/** Hot reload of prompt sets. Each state of the files is taken once, after two looks have found it the same. */
export class PromptWatcher {
  readonly #options: PromptWatchOptions;
  #set: PromptSet;
  #seen = '';
  #taken = '';
  #said = '';
  #timer: NodeJS.Timeout | undefined;
  #stopped = true;

  constructor(options: PromptWatchOptions) {
    this.#options = options;
    this.#set = options.set;
  }

  start(): void {
    this.#stopped = false;
    this.#schedule();
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  /** Another set is in force, taken from the same files. */
  adopt(set: PromptSet): void {
    this.#set = set;
  }

  /** One look; `start` calls it again and again. */
  async poll(): Promise<void> {
    const { paths, load, onChange } = this.#options;
    const state = (await Promise.all(paths.map(fileState))).join('\n');
    const settled = state === this.#seen;
    this.#seen = state;
    if (!settled || state === this.#taken) return;
    const before = this.#set;
    let set: PromptSet;
    try {
      set = await load();
    } catch (error) {
      // Only another edit can mend that.
      this.#taken = state;
      this.#complain(error);
      return;
    }
    // Another was chosen meanwhile: what was loaded may be of the names before.
    if (this.#set !== before) return;
    try {
      // The hash leaves out what only people see (names, sizes), which is to be taken over too.
      if (!isDeepStrictEqual(set, this.#set)) await onChange(set);
      if (this.#set === before) this.#set = set;
      this.#taken = state;
      this.#said = '';
    } catch (error) {
      this.#complain(error);
    }
  }

  /** Once, however often it is tried in vain. */
  #complain(error: unknown): void {
    const line = errorLine(error);
    if (line !== this.#said) this.#options.onError(line);
    this.#said = line;
  }

  #schedule(): void {
    if (this.#stopped) return;
    this.#timer = setTimeout(() => {
      void this.poll().finally(() => this.#schedule());
    }, this.#options.everyMs ?? 2000);
    this.#timer.unref();
  }
}

import { stat } from 'node:fs/promises';
import { errorLine } from '../errors.js';
import type { PromptSet } from '../types.js';

export interface PromptWatchOptions {
  /** Files of the loaded set. */
  readonly paths: readonly string[];
  /** Loads the set again, with all its files. */
  readonly load: () => Promise<PromptSet>;
  /** Hash of the set in force. */
  readonly hash: string;
  readonly onChange: (set: PromptSet) => void | Promise<void>;
  /** Takes the one line that says why the files on disk are of no use; the set in force stays. */
  readonly onError: (line: string) => void;
  /** Time between two looks. Polling sees every editor's way of saving, and network drives too. */
  readonly everyMs?: number;
}

/** Hot reload of prompt sets. Each state of the files is loaded once, after two looks have found it the same. */
export class PromptWatcher {
  readonly #options: PromptWatchOptions;
  #hash: string;
  #seen = '';
  #loaded = '';
  #timer: NodeJS.Timeout | undefined;
  #stopped = true;

  constructor(options: PromptWatchOptions) {
    this.#options = options;
    this.#hash = options.hash;
  }

  start(): void {
    this.#stopped = false;
    this.#schedule();
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  /** One look; `start` calls it again and again. */
  async poll(): Promise<void> {
    const { paths, load, onChange, onError } = this.#options;
    const state = (await Promise.all(paths.map(stateOf))).join('\n');
    const settled = state === this.#seen;
    this.#seen = state;
    if (!settled || state === this.#loaded) return;
    this.#loaded = state;
    try {
      const set = await load();
      if (set.hash === this.#hash) return;
      await onChange(set);
      this.#hash = set.hash;
    } catch (error) {
      onError(errorLine(error));
    }
  }

  #schedule(): void {
    if (this.#stopped) return;
    this.#timer = setTimeout(() => {
      void this.poll().finally(() => this.#schedule());
    }, this.#options.everyMs ?? 2000);
    this.#timer.unref();
  }
}

/** Changes with the content, also where an editor renames a new file over the old one. */
async function stateOf(path: string): Promise<string> {
  try {
    const { mtimeMs, size, ino } = await stat(path);
    return `${mtimeMs} ${size} ${ino}`;
  } catch (cause) {
    return (cause as NodeJS.ErrnoException).code ?? String(cause);
  }
}

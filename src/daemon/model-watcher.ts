import { loadConfig } from '../config/load.js';
import { errorLine, isExpected } from '../errors.js';
import { fileState } from '../regular-file.js';

export interface ModelWatchParts {
  readonly configFile: string;
  readonly baseDir: string;
  /** The model that the configuration named when the node started. */
  readonly model: string;
  /** The configuration names this model by now. Not called again before it is done; it does not throw. */
  readonly onModel: (model: string) => Promise<void>;
  /** Why the file as it is now is no configuration; null where it is one. */
  readonly onUnusable: (line: string | null) => void;
  /** Why a look failed that should not have; the next one comes nevertheless. */
  readonly onFault: (line: string) => void;
  /** Time between two looks. Polling sees every editor's way of saving, and network drives too. */
  readonly everyMs?: number;
}

const LOOK_EVERY_MS = 2_000;

/**
 * Sees that the configuration names another model. Each state of the file is taken once, after two looks have found it the same, so that a
 * model which is refused is not tried again and again: whoever writes the file anew has it tried anew.
 */
export class ModelWatcher {
  private seen = '';
  /** undefined before the first: what was there at the start is in force, or was refused then. */
  private taken: string | undefined;
  private timer: NodeJS.Timeout | undefined;
  private isStopped = true;

  constructor(private readonly parts: ModelWatchParts) {}

  start(): void {
    this.isStopped = false;
    this.schedule();
  }

  stop(): void {
    this.isStopped = true;
    clearTimeout(this.timer);
  }

  /** One look; `start` calls it again and again. */
  async poll(): Promise<void> {
    const { configFile, baseDir, onModel } = this.parts;
    const state = await fileState(configFile);
    const isSettled = state === this.seen;
    this.seen = state;
    if (!isSettled || state === this.taken) return;
    const isFirst = this.taken === undefined;
    this.taken = state;
    try {
      const { model } = (await loadConfig(configFile, baseDir)).config;
      this.parts.onUnusable(null);
      if (!isFirst || model !== this.parts.model) await onModel(model);
    } catch (error) {
      // The node goes on with what it had; but it could not start again, after a power cut for instance.
      if (!isExpected(error)) throw error;
      this.parts.onUnusable(errorLine(error));
    }
  }

  private schedule(): void {
    if (this.isStopped) return;
    this.timer = setTimeout(() => {
      void this.poll()
        .catch((error: unknown) => this.parts.onFault(errorLine(error)))
        .finally(() => this.schedule());
    }, this.parts.everyMs ?? LOOK_EVERY_MS);
    this.timer.unref();
  }
}

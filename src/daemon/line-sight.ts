import type { ClipModel } from '../clip/clip-model.js';
import { errorLine } from '../errors.js';
import type { Sight } from '../inspection/sight.js';
import type { EmbeddedPromptSet, PromptSet } from '../types.js';

export interface LineSightParts {
  /** The node's model. */
  readonly clip: ClipModel;
  /** The prompt sets that are on. */
  readonly names: readonly string[];
  readonly load: (names: readonly string[]) => Promise<PromptSet>;
  readonly embed: (set: PromptSet, clip: ClipModel) => Promise<EmbeddedPromptSet>;
  /** A sight is put into force: the set as it was loaded, and the sight. @returns resolves when the one before is used no more */
  readonly use: (set: PromptSet, sight: Sight) => Promise<void>;
  readonly failed: (line: string) => void;
}

/** A sight with another model, made ready: of no use once the camera looks for something else. */
export interface PreparedSight {
  readonly set: PromptSet;
  readonly sight: Sight;
}

/**
 * What one camera looks with, put together of the node's model and the prompt sets that are on. Each of them is exchanged while the other
 * may be too: what is embedded by a model that was replaced meanwhile is embedded again, and never used.
 */
export class LineSight {
  private clip: ClipModel;
  private names: readonly string[];
  private set: PromptSet | undefined;

  constructor(private readonly parts: LineSightParts) {
    this.clip = parts.clip;
    this.names = parts.names;
  }

  /** The set that is looked for, as it was loaded. @throws before `open` */
  get promptSet(): PromptSet {
    if (!this.set) throw new Error('the prompts are not loaded yet');
    return this.set;
  }

  /** Loads the sets that are on. @throws FieldscoutError of the prompt files */
  load(): Promise<PromptSet> {
    return this.parts.load(this.names);
  }

  /** The first. @throws FieldscoutError of the prompt files or the model */
  async open(): Promise<Sight> {
    this.set = await this.load();
    return { clip: this.clip, prompts: await this.parts.embed(this.set, this.clip) };
  }

  /** The files have changed. @returns whether the set is used: not where a command chose others meanwhile. @throws FieldscoutError of the model */
  async reload(set: PromptSet): Promise<boolean> {
    const { names } = this;
    const sight = await this.see(set);
    if (names !== this.names) return false;
    this.put(set, sight);
    return true;
  }

  /** Loads and embeds other sets. @returns what puts them into force. @throws FieldscoutError of the prompt files or the model */
  async choose(names: readonly string[]): Promise<() => PromptSet> {
    const set = await this.parts.load(names);
    const sight = await this.see(set);
    return () => {
      this.names = names;
      if (sight.clip === this.clip) this.put(set, sight);
      else void this.putLater(set);
      return set;
    };
  }

  /** As a model sees it; from the cache where it has that. @throws FieldscoutError of the model */
  embed(set: PromptSet, clip: ClipModel): Promise<EmbeddedPromptSet> {
    return this.parts.embed(set, clip);
  }

  /** What is looked for now, as another model sees it. @throws FieldscoutError of that model */
  async prepare(clip: ClipModel): Promise<PreparedSight> {
    const { promptSet: set } = this;
    return { set, sight: { clip, prompts: await this.parts.embed(set, clip) } };
  }

  isCurrent({ set }: PreparedSight): boolean {
    return set === this.set;
  }

  /** From here on it is the node's model. @returns resolves when the one before is used no more */
  take({ set, sight }: PreparedSight): Promise<void> {
    this.clip = sight.clip;
    return this.parts.use(set, sight);
  }

  /** With the model that is the node's when that is done. */
  private async see(set: PromptSet): Promise<Sight> {
    for (;;) {
      const { clip } = this;
      try {
        const prompts = await this.parts.embed(set, clip);
        if (clip === this.clip) return { clip, prompts };
      } catch (error) {
        // A model that was replaced is closed: that says nothing of the words.
        if (clip === this.clip) throw error;
      }
    }
  }

  private put(set: PromptSet, sight: Sight): void {
    this.set = set;
    void this.parts.use(set, sight);
  }

  private async putLater(set: PromptSet): Promise<void> {
    this.set = set;
    try {
      const sight = await this.see(set);
      if (set === this.set) this.put(set, sight);
    } catch (error) {
      this.parts.failed(errorLine(error));
    }
  }
}

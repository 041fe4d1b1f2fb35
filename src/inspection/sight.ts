import type { ClipModel } from '../clip/clip-model.js';
import type { EmbeddedPromptSet, Fingerprint } from '../types.js';

/** What a frame is looked at with: a model, and the prompts as that model embeds them. They are exchanged together or not at all. */
export interface Sight {
  readonly clip: ClipModel;
  readonly prompts: EmbeddedPromptSet;
}

export function fingerprintOf({ clip, prompts: { promptSet } }: Sight): Fingerprint {
  return {
    model: clip.model,
    promptSet: { id: promptSet.id, hash: promptSet.hash },
    calibration: clip.calibration,
    provider: clip.provider,
  };
}

/** What is looked for. */
export function targetIdsOf({ prompts }: Sight): readonly string[] {
  return prompts.targets.map(({ target }) => target.id);
}

import type { LookedWith } from '../journal/node-state.js';
import type { Fingerprint } from '../types.js';

/** What the numbers of a camera are made with, as it is kept over a restart. */
export function lookedWith({ model, promptSet, calibration }: Fingerprint): LookedWith {
  const { kind, logitScale, logitBias, origin } = calibration;
  return {
    model: { id: model.id, sha256: model.sha256 },
    promptSet: { id: promptSet.id, hash: promptSet.hash },
    calibration: { kind, logitScale, logitBias, origin },
  };
}

/** @returns one line where scores from before and from now are not to be compared; undefined where they are */
export function changedSince(before: LookedWith | undefined, now: LookedWith | undefined): string | undefined {
  if (!before || !now) return undefined;
  const differs = (['model', 'promptSet', 'calibration'] as const).filter(
    (part) => JSON.stringify(before[part]) !== JSON.stringify(now[part]),
  );
  if (differs.length === 0) return undefined;
  const names = { model: 'model', promptSet: 'prompt set', calibration: 'calibration' };
  return `another ${differs.map((part) => names[part]).join(', ')} than before the restart: scores are not to be compared`;
}

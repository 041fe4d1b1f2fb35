import type { TrialAnswer } from '../../src/evaluation/model-trial.js';

/** @param finds aphids in each picture */
export function trialAnswer(
  id: string,
  finds: readonly number[],
  tellsApart = { pictures: true, targets: true },
): TrialAnswer {
  return {
    model: { id, sha256: '0123456789abcdef'.repeat(4) },
    provider: 'cpu',
    precision: 'fp32',
    tilesPerSecond: 12.34,
    looks: finds.map((count, i) => ({
      camera: 'bed',
      picture: `${i}.jpg`,
      tiles: 4,
      found: count > 0 ? { aphid: count, mite: 1 } : {},
    })),
    tellsApart,
  };
}

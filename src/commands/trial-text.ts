import type { LookAnswer, TrialAnswer } from '../evaluation/model-trial.js';
import { textTable } from '../evaluation/text-table.js';

/** A trial as a table: a line a look, both models side by side. @param present undefined where it cannot be run */
export function trialText(next: TrialAnswer, present: TrialAnswer | undefined): readonly string[] {
  const names = [...(present ? ['present'] : []), 'new'];
  const rows = next.looks.map((look, i) => {
    const before = present?.looks[i];
    return [`${look.camera} ${look.picture}`, ...(before ? [foundText(before)] : []), foundText(look)];
  });
  const models = [...(present ? [present] : []), next];
  const speeds = ['tiles a second', ...models.map(({ tilesPerSecond }) => tilesPerSecond.toFixed(1))];
  return [
    ...models.map(
      ({ model, provider, precision }, i) =>
        `${(names[i] as string).padEnd(8)} ${model.id} (${model.sha256.slice(0, 12)}), ${precision} on ${provider}`,
    ),
    '',
    ...textTable(['picture', ...names], [...rows, speeds]),
  ];
}

function foundText({ found }: LookAnswer): string {
  const parts = Object.entries(found).map(([target, count]) => `${count} ${target}`);
  return parts.length > 0 ? parts.join(', ') : '-';
}

import type { AlertRule } from './count-alerts.js';

/** What a camera looks for. */
export interface Watched {
  readonly camera: string;
  readonly targets: readonly string[];
}

/** One line for each rule that can never raise an alert, since no camera (or not its camera) looks for its target. */
export function idleRules(
  rules: readonly Pick<AlertRule, 'id' | 'target' | 'camera'>[],
  watched: readonly Watched[],
): readonly string[] {
  return rules.flatMap(({ id, target, camera }) => {
    const those = watched.filter((one) => camera === undefined || one.camera === camera);
    const targets = [...new Set(those.flatMap((one) => one.targets))].sort();
    if (targets.includes(target)) return [];
    const who = camera === undefined ? 'no camera looks' : `camera "${camera}" does not look`;
    return [`alert "${id}" can never be raised: ${who} for "${target}"; there is ${targets.join(', ')}`];
  });
}

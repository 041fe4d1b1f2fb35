import type { Alert, TargetCount } from '../types.js';

export interface AlertRule {
  readonly id: string;
  readonly target: string;
  /** One camera only; undefined: each camera on its own. */
  readonly camera?: string | undefined;
  readonly measure: 'now' | 'hour' | 'day';
  /** Raised when the count reaches this. */
  readonly threshold: number;
  /** Cleared when the count falls below this: the gap keeps an alert from flapping. */
  readonly clearBelow: number;
}

/** Turns counts into alerts: one `raised` when an action threshold is crossed, one `cleared` when it is left. */
export class CountAlerts {
  private readonly raised: Set<string>;

  /** @param standing what `standing` gave before a restart: those alerts are still to be cleared */
  constructor(
    private readonly rules: readonly AlertRule[],
    private readonly newId: () => string,
    standing: readonly string[] = [],
  ) {
    this.raised = new Set(standing);
  }

  /** Names of the alerts that are raised now. */
  get standing(): readonly string[] {
    return [...this.raised];
  }

  observe(camera: string, counts: readonly TargetCount[], atMs: number): readonly Alert[] {
    return this.rules
      .filter((rule) => rule.camera === undefined || rule.camera === camera)
      .flatMap((rule) => {
        const count = counts.find(({ target }) => target === rule.target);
        return this.change(rule, camera, count?.[rule.measure], atMs);
      });
  }

  /** @param counted undefined where nobody looks for the target any more: then its alert is over, whatever the threshold */
  private change(rule: AlertRule, camera: string, counted: number | undefined, atMs: number): readonly Alert[] {
    const key = `${rule.id}\0${camera}`;
    const was = this.raised.has(key);
    const is = counted !== undefined && counted >= (was ? rule.clearBelow : rule.threshold);
    if (was === is) return [];
    if (is) this.raised.add(key);
    else this.raised.delete(key);
    const { id, target, measure, threshold } = rule;
    const state = is ? 'raised' : 'cleared';
    return [{ id: this.newId(), rule: id, state, camera, target, measure, value: counted ?? null, threshold, atMs }];
  }
}

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AlertRule, CountAlerts } from '../../src/alerting/count-alerts.js';
import type { TargetCount } from '../../src/types.js';

const rule: AlertRule = { id: 'many', target: 'aphid', measure: 'now', threshold: 5, clearBelow: 4 };

const counted = (now: number, target = 'aphid'): TargetCount[] => [{ target, now, hour: now + 10, day: now + 20 }];

function alertsOf(...rules: readonly AlertRule[]): CountAlerts {
  let ids = 0;
  return new CountAlerts(rules, () => `alert-${++ids}`);
}

describe('CountAlerts', () => {
  it('raises once at the threshold and clears once below clearBelow, with the numbers behind it', () => {
    const alerts = alertsOf(rule);
    const about = { rule: 'many', camera: 'leaf', target: 'aphid', measure: 'now', threshold: 5 };
    expect(alerts.observe('leaf', counted(4), 1)).toEqual([]);
    expect(alerts.observe('leaf', counted(5), 2)).toEqual([
      { ...about, id: 'alert-1', state: 'raised', value: 5, atMs: 2 },
    ]);
    expect(alerts.observe('leaf', counted(9), 3)).toEqual([]);
    expect(alerts.observe('leaf', counted(4), 4)).toEqual([]);
    expect(alerts.observe('leaf', counted(3), 5)).toEqual([
      { ...about, id: 'alert-2', state: 'cleared', value: 3, atMs: 5 },
    ]);
    expect(alerts.observe('leaf', counted(4), 6)).toEqual([]);
  });

  it('clears after a restart what was raised before it', () => {
    const before = alertsOf(rule);
    before.observe('leaf', counted(5), 1);
    const after = new CountAlerts([rule], () => 'alert-9', before.standing);
    expect(after.observe('leaf', counted(5), 2)).toEqual([]);
    expect(after.observe('leaf', counted(3), 3).map(({ id, state }) => [id, state])).toEqual([['alert-9', 'cleared']]);
    expect(after.standing).toEqual([]);
  });

  it.each([
    ['now', 1],
    ['hour', 11],
    ['day', 21],
  ] as const)('compares the count of its measure: %s', (measure, value) => {
    const alerts = alertsOf({ ...rule, measure, threshold: 1, clearBelow: 1 });
    expect(alerts.observe('leaf', counted(1), 0).map((alert) => alert.value)).toEqual([value]);
  });

  it('follows each camera on its own, or the one that the rule names', () => {
    const alerts = alertsOf(rule, { ...rule, id: 'trap-only', camera: 'trap' });
    const raised = (camera: string) => alerts.observe(camera, counted(7), 0).map((alert) => [alert.rule, alert.camera]);
    expect(raised('leaf')).toEqual([['many', 'leaf']]);
    expect(raised('trap')).toEqual([
      ['many', 'trap'],
      ['trap-only', 'trap'],
    ]);
  });

  it('leaves a target alone that nobody counts', () => {
    expect(alertsOf(rule).observe('leaf', counted(99, 'beetle'), 0)).toEqual([]);
  });

  it('clears what stands for a target that nobody counts any more, whatever its threshold', () => {
    const alerts = alertsOf({ ...rule, threshold: 5, clearBelow: 0 });
    alerts.observe('leaf', counted(9), 0);
    expect(alerts.observe('trap', counted(9, 'beetle'), 1)).toEqual([]);
    expect(alerts.observe('leaf', counted(9, 'beetle'), 1)).toEqual([
      expect.objectContaining({ id: 'alert-2', rule: 'many', state: 'cleared', target: 'aphid', value: null }),
    ]);
    expect(alerts.standing).toEqual([]);
  });

  it('raises and clears in turn, whatever the counts', () => {
    fc.assert(
      fc.property(
        fc.array(fc.nat(10), { maxLength: 50 }),
        fc.integer({ min: 1, max: 8 }),
        fc.nat(8),
        (values, threshold, below) => {
          const clearBelow = Math.min(below, threshold);
          const alerts = alertsOf({ ...rule, threshold, clearBelow });
          const told = values.flatMap((value, at) => alerts.observe('leaf', counted(value), at));
          for (const [i, { state, value }] of told.entries()) {
            expect(state).toBe(i % 2 === 0 ? 'raised' : 'cleared');
            if (state === 'raised') expect(value).toBeGreaterThanOrEqual(threshold);
            else expect(value).toBeLessThan(clearBelow);
          }
        },
      ),
    );
  });
});

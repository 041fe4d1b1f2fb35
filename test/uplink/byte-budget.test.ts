import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type BudgetClass, ByteBudget } from '../../src/uplink/byte-budget.js';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const START = Date.parse('2026-05-04T03:02:01.000Z');

function budget(limits: { bytesPerHour?: number; bytesPerDay?: number }) {
  const clock = { nowMs: START };
  return { clock, budget: new ByteBudget(limits, undefined, () => clock.nowMs) };
}

const mayGo = (of: ByteBudget) =>
  (['live', 'state', 'event', 'notice'] as const satisfies BudgetClass[]).filter((one) => of.waitMs(one) === 0);

describe('ByteBudget', () => {
  it('lets everything go where none is set', () => {
    const { budget: free } = budget({});
    free.spend(1e12);
    expect(mayGo(free)).toEqual(['live', 'state', 'event', 'notice']);
    expect(free.isLimited).toBe(false);
  });

  it('makes pictures yield first, then state, then events, and begins anew an hour after the first message', () => {
    const { budget: metered, clock } = budget({ bytesPerHour: 100_000 });
    metered.spend(49_999);
    expect(mayGo(metered)).toEqual(['live', 'state', 'event', 'notice']);
    clock.nowMs += HOUR / 2;
    metered.spend(1);
    expect(mayGo(metered)).toEqual(['state', 'event', 'notice']);
    metered.spend(25_000);
    expect(mayGo(metered)).toEqual(['event', 'notice']);
    metered.spend(15_000);
    expect(mayGo(metered)).toEqual(['notice']);
    expect(metered.state()).toEqual({
      hour: { limitBytes: 100_000, usedBytes: 90_000, untilMs: START + HOUR },
      day: null,
      eventsWaitUntilMs: START + HOUR,
    });
    expect(metered.waitMs('event')).toBe(HOUR / 2);
    clock.nowMs = START + HOUR;
    expect(mayGo(metered)).toEqual(['live', 'state', 'event', 'notice']);
    expect(metered.state().hour?.usedBytes).toBe(0);
  });

  it('waits for the day where the day is used up, and goes on with what an earlier run used', () => {
    const { budget: first, clock } = budget({ bytesPerHour: 100_000, bytesPerDay: 150_000 });
    first.spend(90_000);
    clock.nowMs += HOUR;
    first.spend(50_000);
    const later = new ByteBudget({ bytesPerHour: 100_000, bytesPerDay: 150_000 }, first.use, () => clock.nowMs);
    expect(later.state()).toEqual({
      hour: { limitBytes: 100_000, usedBytes: 50_000, untilMs: START + 2 * HOUR },
      day: { limitBytes: 150_000, usedBytes: 140_000, untilMs: START + DAY },
      eventsWaitUntilMs: START + DAY,
    });
  });

  it('is not given anew by a clock that is set back', () => {
    const { budget: metered, clock } = budget({ bytesPerHour: 100_000 });
    metered.spend(95_000);
    clock.nowMs -= 10 * DAY;
    expect(metered.waitMs('event')).toBe(HOUR);
    clock.nowMs += HOUR;
    expect(metered.waitMs('event')).toBe(0);
  });

  it('never lets events exceed a window by more than the message that filled it', () => {
    const step = fc.record({
      bytes: fc.integer({ min: 1, max: 5_000 }),
      afterMs: fc.integer({ min: 0, max: HOUR / 10 }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 300 }), (steps) => {
        const { budget: metered, clock } = budget({ bytesPerHour: 50_000 });
        for (const { bytes, afterMs } of steps) {
          clock.nowMs += afterMs;
          if (metered.waitMs('event') === 0) metered.spend(bytes);
          expect(metered.state().hour?.usedBytes).toBeLessThan(50_000);
        }
      }),
    );
  });
});

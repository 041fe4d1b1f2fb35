import { describe, expect, it } from 'vitest';
import { HeldTopics } from '../../src/uplink/held-topics.js';

function bench() {
  const clock = { nowMs: 0 };
  return {
    clock,
    held: new HeldTopics(
      () => clock.nowMs,
      () => 0.999_999,
      { firstMs: 100, mostMs: 400 },
    ),
  };
}

describe('HeldTopics', () => {
  it('holds what is refused, lets one message ask after a while, and waits longer each time', () => {
    const { clock, held } = bench();
    expect([held.mayGo('a'), held.waitMs]).toEqual([true, undefined]);
    for (const expected of [100, 200, 400, 400]) {
      held.refused('a');
      // What went together is refused together.
      held.refused('a');
      expect([held.mayGo('a'), held.mayGo('b'), held.waitMs]).toEqual([false, true, expected]);
      clock.nowMs += expected - 1;
      expect(held.openDue()).toBe(false);
      clock.nowMs += 1;
      expect([held.openDue(), held.mayGo('a')]).toEqual([true, true]);
      held.sent('a');
      expect(held.mayGo('a')).toBe(false);
    }
    expect([held.acknowledged('a'), held.mayGo('a'), held.acknowledged('a')]).toEqual([true, true, false]);
  });

  it('lets the one message ask again when the connection was lost before an answer', () => {
    const { clock, held } = bench();
    held.refused('a');
    clock.nowMs = 100;
    held.openDue();
    held.sent('a');
    held.lost();
    expect(held.mayGo('a')).toBe(true);
  });

  it('tells when the first of several is due', () => {
    const { clock, held } = bench();
    held.refused('a');
    clock.nowMs = 50;
    held.refused('b');
    expect(held.waitMs).toBe(50);
    clock.nowMs = 100;
    expect([held.openDue(), held.mayGo('a'), held.mayGo('b'), held.waitMs]).toEqual([true, true, false, 50]);
  });
});

import { describe, expect, it } from 'vitest';
import { ClockWatch } from '../../src/telemetry/clock-watch.js';

const START_MS = Date.UTC(2026, 5, 1);

function watched() {
  const clock = { wallMs: START_MS, elapsedMs: 5_000 };
  const steps: (readonly [number, number])[] = [];
  const watch = new ClockWatch({
    wallMs: () => clock.wallMs,
    elapsedMs: () => clock.elapsedMs,
    onStep: (offsetMs, wallMs) => steps.push([offsetMs, wallMs]),
  });
  const pass = (ms: number, drift = 0) => {
    clock.wallMs += ms + drift;
    clock.elapsedMs += ms;
    watch.look();
  };
  return { clock, steps, pass };
}

describe('ClockWatch', () => {
  it('notices a clock that is set forward or back, once each', () => {
    const { clock, steps, pass } = watched();
    pass(1_000);
    clock.wallMs += 3_600_000;
    pass(1_000);
    pass(1_000);
    expect(steps).toEqual([[3_600_000, START_MS + 3_602_000]]);
    clock.wallMs -= 7_200_000;
    pass(1_000);
    expect(steps.at(-1)?.[0]).toBe(-7_200_000);
    expect(steps).toHaveLength(2);
  });

  it('takes a clock that is slowly put right for no step, however long it takes', () => {
    const { steps, pass } = watched();
    for (let second = 0; second < 100_000; second += 1) pass(1_000, 0.5);
    expect(steps).toEqual([]);
  });

  it('takes a look that comes late for no step', () => {
    const { steps, pass } = watched();
    pass(60_000);
    expect(steps).toEqual([]);
  });

  it('takes no step from clocks that were read with a pause in between, and the next look sees what was set meanwhile', () => {
    const clock = { wallMs: START_MS, elapsedMs: 5_000 };
    const pauses: Record<'beforeWall' | 'afterWall', number> = { beforeWall: 0, afterWall: 0 };
    const goOn = (ms: number) => {
      clock.wallMs += ms;
      clock.elapsedMs += ms;
    };
    const steps: number[] = [];
    const watch = new ClockWatch({
      wallMs: () => {
        goOn(pauses.beforeWall);
        const { wallMs } = clock;
        goOn(pauses.afterWall);
        return wallMs;
      },
      elapsedMs: () => clock.elapsedMs,
      onStep: (offsetMs) => steps.push(offsetMs),
    });
    for (const [beforeWall, afterWall] of [
      [0, 406],
      [0, 0],
      [399, 0],
      [0, 0],
    ] as const) {
      Object.assign(pauses, { beforeWall, afterWall });
      goOn(1_000);
      watch.look();
    }
    expect(steps).toEqual([]);
    Object.assign(pauses, { beforeWall: 0, afterWall: 406 });
    clock.wallMs += 3_000;
    watch.look();
    Object.assign(pauses, { afterWall: 0 });
    watch.look();
    expect(steps).toEqual([3_000]);
  });
});

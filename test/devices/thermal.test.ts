import { beforeEach, describe, expect, it } from 'vitest';
import { ThermalGuard } from '../../src/devices/thermal-guard.js';
import { hottest, nextStep, type ThermalStep } from '../../src/devices/thermal-steps.js';

const limits = { zones: ['cpu'], slowAtC: 75, pauseAtC: 84, resumeBelowC: 65, slowFactor: 4, basis: 'a test' };

describe('thermal steps', () => {
  it('go up at once and come down with a distance', () => {
    const steps: ThermalStep[] = [];
    let step: ThermalStep = 'full';
    for (const celsius of [60, 74, 75, 70, 64, 90, 80, 74, 66, 64]) {
      step = nextStep(step, celsius, limits);
      steps.push(step);
    }
    expect(steps).toEqual(['full', 'full', 'slow', 'slow', 'full', 'paused', 'paused', 'slow', 'slow', 'full']);
  });

  it('are none where no temperature is known', () => {
    expect(nextStep('paused', null, limits)).toBe('full');
  });

  it('look at the zones that are named, else at all', () => {
    const zones = { 'cpu-thermal': 50, wifi: 90 };
    expect(hottest(zones, ['CPU'])).toEqual({ zone: 'cpu-thermal', celsius: 50 });
    expect(hottest(zones, [])).toEqual({ zone: 'wifi', celsius: 90 });
    expect(hottest({}, [])).toBeNull();
  });
});

describe('the thermal guard', () => {
  let celsius: number | undefined;
  let nowMs: number;
  let told: (readonly string[])[];
  let guard: ThermalGuard;
  beforeEach(() => {
    celsius = 50;
    nowMs = 0;
    told = [];
    const temperatures = async () => ({ wifi: 40, ...(celsius === undefined ? {} : { cpu: celsius }) });
    guard = new ThermalGuard({ limits, temperatures, tell: (lines) => told.push(lines), nowMs: () => nowMs });
  });
  const becomes = async (degrees: number | undefined) => {
    celsius = degrees;
    await guard.look();
  };
  const { signal } = new AbortController();

  it('slows a camera down, then holds it until the board is cool, and says so', async () => {
    const waits: number[] = [];
    const rest = () => guard.rest(200, async (ms) => void waits.push(ms), signal);
    await becomes(50);
    await rest();
    await becomes(76);
    await rest();
    expect(waits).toEqual([600]);
    await becomes(85);
    let isOver = false;
    const held = guard.untilCool(signal).then(() => {
      isOver = true;
    });
    await becomes(85);
    expect(isOver).toBe(false);
    await becomes(60);
    await held;
    expect(told.map(([line]) => line)).toEqual([
      undefined,
      expect.stringContaining('4 times longer between frames'),
      expect.stringContaining('cameras are closed until it is below 75'),
      expect.stringContaining('cameras are closed'),
      undefined,
    ]);
  });

  it('does not wait longer than the board is hot, however rarely the camera looks', async () => {
    const HOUR_MS = 3_600_000;
    let waitedMs = 0;
    const rest = (coolAfterMs: number) =>
      guard.rest(
        HOUR_MS,
        async (ms) => {
          waitedMs += ms;
          if (waitedMs >= coolAfterMs) await becomes(60);
        },
        signal,
      );
    await becomes(76);
    await rest(60_000);
    expect(waitedMs).toBe(60_000);
    waitedMs = 0;
    await becomes(76);
    await rest(Number.POSITIVE_INFINITY);
    expect(waitedMs).toBe(3 * HOUR_MS);
  });

  it('tells who waits for it that the board is too hot', async () => {
    const hot = guard.untilTooHot(signal).then(() => guard.isTooHot);
    await becomes(80);
    await becomes(90);
    expect(await hot).toBe(true);
  });

  it('keeps a hot board whose sensor fails as it is for 10 minutes, then lets it go and says so', async () => {
    await becomes(85);
    nowMs = 600_000;
    await becomes(undefined);
    expect(guard.isTooHot).toBe(true);
    expect(told.at(-1)).toEqual([expect.stringContaining('cameras are closed until it is below 75')]);
    nowMs += 1;
    await becomes(undefined);
    expect(guard.isTooHot).toBe(false);
    expect(told.at(-1)).toEqual([expect.stringContaining('the temperature of cpu cannot be read any more')]);
    await becomes(50);
    expect(told.at(-1)).toEqual([]);
  });

  it('is as hot as the zones that can be read while another has failed', async () => {
    let zones: Readonly<Record<string, number>> = { cpu0: 85, cpu1: 70 };
    guard = new ThermalGuard({
      limits,
      temperatures: async () => zones,
      tell: (lines) => told.push(lines),
      nowMs: () => nowMs,
    });
    await guard.look();
    zones = { cpu1: 60 };
    await guard.look();
    expect(guard.isTooHot).toBe(true);
    nowMs = 700_000;
    zones = { cpu1: 90 };
    await guard.look();
    expect(guard.isTooHot).toBe(true);
    zones = { cpu0: 60, cpu1: 60 };
    await guard.look();
    expect(guard.isTooHot).toBe(false);
    expect(told.at(-1)).toEqual([]);
  });

  it('says that a board has lost its sensor though it was cool, and nothing of one that never had any', async () => {
    await becomes(50);
    nowMs = 600_001;
    await becomes(undefined);
    expect(told.at(-1)).toEqual([expect.stringContaining('the temperature of cpu cannot be read any more')]);
    const bare = new ThermalGuard({ limits, temperatures: async () => ({}), tell: (lines) => told.push(lines) });
    await bare.look();
    expect(told.at(-1)).toEqual([]);
  });

  it('lets go of a camera that is stopped', async () => {
    await becomes(99);
    const stop = new AbortController();
    const held = guard.untilCool(stop.signal);
    stop.abort();
    await held;
  });
});

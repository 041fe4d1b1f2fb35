import { describe, expect, it } from 'vitest';
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
  it('slows a camera down, then holds it until the board is cool, and says so', async () => {
    let celsius = 50;
    const told: (readonly string[])[] = [];
    const waits: number[] = [];
    const guard = new ThermalGuard({
      limits,
      temperatures: async () => ({ cpu: celsius }),
      tell: (lines) => told.push(lines),
    });
    const { signal } = new AbortController();
    const rest = () => guard.rest(200, async (ms) => void waits.push(ms), signal);
    await guard.look();
    await rest();
    celsius = 76;
    await guard.look();
    await rest();
    expect(waits).toEqual([600]);
    celsius = 85;
    await guard.look();
    let isOver = false;
    const held = rest().then(() => {
      isOver = true;
    });
    await guard.look();
    expect(isOver).toBe(false);
    celsius = 60;
    await guard.look();
    await held;
    expect(told.map(([line]) => line)).toEqual([
      undefined,
      expect.stringContaining('4 times longer between frames'),
      expect.stringContaining('no frames until it is below 75'),
      expect.stringContaining('no frames'),
      undefined,
    ]);
  });

  it('lets go of a camera that is stopped', async () => {
    const guard = new ThermalGuard({ limits, temperatures: async () => ({ cpu: 99 }), tell: () => undefined });
    await guard.look();
    const stop = new AbortController();
    const held = guard.rest(1, async () => undefined, stop.signal);
    stop.abort();
    await held;
  });
});

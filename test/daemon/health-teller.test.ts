import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { HealthTeller } from '../../src/daemon/health-teller.js';

let told: number[];
let teller: HealthTeller;
beforeEach(() => {
  vi.useFakeTimers();
  told = [];
  teller = new HealthTeller({ tell: async () => void told.push(Date.now()), elapsed: () => Date.now() });
  vi.setSystemTime(0);
});
afterEach(() => {
  teller.stop();
  vi.useRealTimers();
});

describe('health', () => {
  it('is told soon after the start, once for all that happens within two seconds, and then once a minute', async () => {
    await teller.now();
    teller.start();
    vi.advanceTimersByTime(100);
    teller.soon(); // the broker
    vi.advanceTimersByTime(400);
    for (let camera = 0; camera < 8; camera += 1) teller.soon();
    vi.advanceTimersByTime(9_500);
    expect(told).toEqual([0, 2_000]);
    teller.soon();
    vi.advanceTimersByTime(0);
    expect(told).toEqual([0, 2_000, 10_000]);
    vi.advanceTimersByTime(110_000);
    expect(told).toEqual([0, 2_000, 10_000, 60_000, 120_000]);
  });

  it('is told at once where a command asks, which answers what else has asked', async () => {
    await teller.now();
    teller.soon();
    vi.advanceTimersByTime(500);
    await teller.now();
    vi.advanceTimersByTime(10_000);
    expect(told).toEqual([0, 500]);
  });

  it('is not told any more after the stop, but by the stop itself', async () => {
    teller.start();
    teller.soon();
    teller.stop();
    teller.soon();
    vi.advanceTimersByTime(120_000);
    expect(told).toEqual([]);
    await teller.now();
    expect(told).toEqual([120_000]);
  });
});

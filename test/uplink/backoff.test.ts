import { describe, expect, it } from 'vitest';
import { reconnectDelayMs } from '../../src/uplink/backoff.js';

const backoff = { firstMs: 500, mostMs: 30_000 };

describe('reconnectDelayMs', () => {
  it('doubles with each failure up to its most', () => {
    const delays = [1, 2, 3, 4, 5, 6, 7, 8, 1000].map((failures) => reconnectDelayMs(failures, backoff, 0.999_999));
    expect(delays).toEqual([500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000]);
  });

  it('takes a random half off, and never more', () => {
    expect(reconnectDelayMs(3, backoff, 0)).toBe(1000);
    expect(reconnectDelayMs(3, backoff, 0.5)).toBe(1500);
  });
});

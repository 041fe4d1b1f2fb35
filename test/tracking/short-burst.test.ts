import { expect, it } from 'vitest';
import { shortBurst } from '../../src/tracking/short-burst.js';

const burstOf = (burst: number, intervalMs: number) => ({ intervalMs, schedule: { cron: '*/15 * * * *', burst } });

it.each([
  [1, 1000, 3],
  [2, 1000, 3],
  [3, 700, 4],
])('a burst of %i, %i ms apart, is told to be too short, and that %i are enough', (burst, intervalMs, enough) => {
  const [line = '', ...others] = shortBurst(burstOf(burst, intervalMs), 1500);
  expect(others).toEqual([]);
  expect(line).toContain(`spans ${(burst - 1) * intervalMs} ms`);
  expect(line).toContain(`schedule.burst to ${enough} or more`);
  expect(shortBurst(burstOf(enough, intervalMs), 1500)).toEqual([]);
});

it('says nothing where each sighting counts, or where the camera works without moments', () => {
  expect(shortBurst(burstOf(1, 1000), 0)).toEqual([]);
  expect(shortBurst({ intervalMs: 1000, schedule: { burst: 1 } }, 1500)).toEqual([]);
  expect(shortBurst({ intervalMs: 1000 }, 1500)).toEqual([]);
});

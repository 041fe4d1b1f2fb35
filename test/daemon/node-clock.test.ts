import { pino } from 'pino';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { NodeClock } from '../../src/daemon/node-clock.js';
import type { JournalRecord } from '../../src/journal/records.js';
import { clockPayload } from '../../src/uplink/clock-payload.js';

const HOUR_MS = 3_600_000;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['Date', 'setInterval', 'clearInterval'] });
});
afterEach(() => {
  vi.useRealTimers();
});

it('tells the journal and the farm, once, by how much the clock was set', async () => {
  const records: JournalRecord[] = [];
  const told: object[] = [];
  const journal = { record: (record: JournalRecord) => void records.push(record), trustClock: () => undefined };
  const clock = new NodeClock(journal, (set) => void told.push(set), pino({ level: 'silent' }));
  await clock.start();
  vi.setSystemTime(Date.now() - HOUR_MS);
  vi.advanceTimersByTime(1_000);
  vi.useRealTimers();
  await expect.poll(() => told.length, { timeout: 10_000 }).toBe(1);
  clock.stop();
  const [record] = records;
  const { offsetMs, seenMs } = record as Extract<JournalRecord, { type: 'clock-offset' }>;
  // The fake second passes by the wall clock alone.
  expect(offsetMs).toBeGreaterThan(-HOUR_MS - 2_000);
  expect(offsetMs).toBeLessThan(-HOUR_MS + 2_000);
  expect(told[0]).toMatchObject({ offsetMs, at: new Date(seenMs).toISOString(), clock: clock.trust });
  expect(() => clockPayload.omit({ bootId: true, sequence: true, historical: true }).parse(told[0])).not.toThrow();
});

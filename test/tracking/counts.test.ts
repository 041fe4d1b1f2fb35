import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type CountsState, siteDay, TrackCounts } from '../../src/tracking/counts.js';
import { IouTracker } from '../../src/tracking/iou-tracker.js';
import type { Detection, Track, TrackEvent } from '../../src/types.js';

const HOUR_MS = 3_600_000;
const utc = siteDay('UTC');

const detection: Detection = {
  target: 'aphid',
  prompt: 'an aphid',
  score: 0.9,
  similarity: 0.3,
  box: { x: 0, y: 0, width: 10, height: 10 },
  scale: 10,
};

const trackOf = (target: string): Track => ({
  id: 't',
  camera: 'leaf',
  target,
  firstSeenMs: 0,
  lastSeenMs: 0,
  hits: 1,
  best: detection,
  latest: detection,
});

const began = (target: string): TrackEvent => ({ type: 'new', after: trackOf(target) });

describe('TrackCounts', () => {
  it('tells live tracks, those of the last hour and of the day, and a zero as a zero', () => {
    const counts = new TrackCounts(['aphid', 'beetle'], utc);
    expect(counts.observe([began('aphid'), began('aphid')], [trackOf('aphid')], 0)).toEqual([
      { target: 'aphid', now: 1, hour: 2, day: 2 },
      { target: 'beetle', now: 0, hour: 0, day: 0 },
    ]);
    expect(counts.observe([], [], HOUR_MS - 1)[0]).toEqual({ target: 'aphid', now: 0, hour: 2, day: 2 });
    expect(counts.observe([], [], HOUR_MS)[0]).toEqual({ target: 'aphid', now: 0, hour: 0, day: 2 });
  });

  it('counts beginnings only, not updates and ends', () => {
    const track = trackOf('aphid');
    const counts = new TrackCounts(['aphid'], utc);
    const events: TrackEvent[] = [
      { type: 'update', before: track, after: track },
      { type: 'end', before: track, after: track },
    ];
    expect(counts.observe(events, [], 0)).toEqual([{ target: 'aphid', now: 0, hour: 0, day: 0 }]);
  });

  it('goes on after a restart on the same day, and begins anew on the next', () => {
    const first = new TrackCounts(['aphid'], utc);
    first.observe([began('aphid')], [], 1000);
    const saved = JSON.parse(JSON.stringify(first.snapshot())) as CountsState;
    expect(saved).toEqual({ days: { '1970-01-01': { aphid: 1 } }, lastHourMs: { aphid: [1000] } });
    const again = new TrackCounts(['aphid'], utc, saved);
    expect(again.observe([began('aphid')], [], 2000)[0]).toEqual({ target: 'aphid', now: 0, hour: 2, day: 2 });
    const nextDay = new TrackCounts(['aphid'], utc, saved);
    expect(nextDay.observe([], [], 24 * HOUR_MS)[0]).toEqual({ target: 'aphid', now: 0, hour: 0, day: 0 });
  });

  it('keeps the last hour over midnight', () => {
    const counts = new TrackCounts(['aphid'], utc);
    counts.observe([began('aphid')], [], 24 * HOUR_MS - 1);
    expect(counts.observe([], [], 24 * HOUR_MS)[0]).toEqual({ target: 'aphid', now: 0, hour: 1, day: 0 });
  });

  it("finds today's count again where the clock was wrong at the start, and then set right", () => {
    const noon = Date.parse('2026-06-01T12:00:00Z');
    const before = new TrackCounts(['aphid'], utc);
    before.observe([began('aphid'), began('aphid')], [], noon);
    const booted = new TrackCounts(['aphid'], utc, before.snapshot());
    expect(booted.observe([began('aphid')], [], noon - 24 * HOUR_MS)[0]).toMatchObject({ hour: 1, day: 1 });
    expect(booted.observe([began('aphid')], [], noon + HOUR_MS / 2)[0]).toMatchObject({ hour: 1, day: 3 });
    expect(booted.observe([], [], noon + 24 * HOUR_MS)[0]).toMatchObject({ hour: 0, day: 0 });
  });

  it('remembers the three days that it saw last, in their order', () => {
    const counts = new TrackCounts(['aphid'], utc);
    for (const day of ['2026-06-01', '2026-06-02', '1970-01-01', '2026-06-02', '2026-06-03'])
      counts.observe([began('aphid')], [], Date.parse(day));
    expect(Object.entries(counts.snapshot().days)).toEqual([
      ['1970-01-01', { aphid: 1 }],
      ['2026-06-02', { aphid: 2 }],
      ['2026-06-03', { aphid: 1 }],
    ]);
  });

  it('forgets times that lie ahead of a clock that was set right', () => {
    const counts = new TrackCounts(['aphid'], utc);
    counts.observe([began('aphid')], [], Date.parse('2031-01-01'));
    expect(counts.observe([], [], Date.parse('2026-06-01'))[0]).toEqual({ target: 'aphid', now: 0, hour: 0, day: 0 });
  });

  it('is never negative, and an hour never holds more than there were, whatever is seen', () => {
    const step = fc.record({
      stepMs: fc.integer({ min: -HOUR_MS, max: 3 * HOUR_MS }),
      xs: fc.array(fc.integer({ min: 0, max: 40 }), { maxLength: 5 }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        let ids = 0;
        const settings = { minOverlap: 0.3, minDurationMs: 0, lostAfterMs: HOUR_MS, updateEveryMs: 1000 };
        const tracker = new IouTracker('leaf', settings, () => String(++ids));
        const counts = new TrackCounts(['aphid'], siteDay('Europe/Lisbon'));
        let at = Date.parse('2026-03-28T12:00:00Z');
        for (const { stepMs, xs } of steps) {
          at += stepMs;
          const events = tracker.observe(
            xs.map((x) => ({ ...detection, box: { ...detection.box, x } })),
            at,
          );
          const [count] = counts.observe(events, tracker.live, at);
          expect(count?.now).toBe(tracker.live.length);
          for (const value of [count?.hour, count?.day]) {
            expect(value).toBeGreaterThanOrEqual(events.filter(({ type }) => type === 'new').length);
            expect(value).toBeLessThanOrEqual(ids);
          }
        }
      }),
      { numRuns: 200 },
    );
  });
});

describe("the site's day", () => {
  it.each([
    ['Europe/Lisbon', '2026-01-15T23:59:59.999Z', '2026-01-15'],
    ['Europe/Lisbon', '2026-01-16T00:00:00.000Z', '2026-01-16'],
    // In summer Lisbon is an hour ahead of UTC.
    ['Europe/Lisbon', '2026-07-15T22:59:59.999Z', '2026-07-15'],
    ['Europe/Lisbon', '2026-07-15T23:00:00.000Z', '2026-07-16'],
    ['America/Sao_Paulo', '2026-05-04T02:59:59.999Z', '2026-05-03'],
    ['America/Sao_Paulo', '2026-05-04T03:00:00.000Z', '2026-05-04'],
    ['Asia/Kathmandu', '2026-05-04T18:15:00.000Z', '2026-05-05'],
    ['UTC', '2026-12-31T23:59:59.999Z', '2026-12-31'],
  ])('in %s, %s lies in %s', (zone, instant, day) => {
    expect(siteDay(zone)(Date.parse(instant))).toBe(day);
  });

  it.each([
    // Clocks go forward at 01:00 UTC on 29 March 2026 and back on 25 October 2026.
    { day: '2026-03-29', from: '2026-03-29T00:00:00Z', hours: 23 },
    { day: '2026-10-25', from: '2026-10-24T23:00:00Z', hours: 25 },
  ])('has $hours hours in Lisbon on $day', ({ day, from, hours }) => {
    const start = Date.parse(from);
    const counts = new TrackCounts(['aphid'], siteDay('Europe/Lisbon'));
    const told = Array.from({ length: hours + 2 }, (_, i) => {
      const [count] = counts.observe([began('aphid')], [], start + (i - 1) * HOUR_MS);
      return count?.day;
    });
    expect(told).toEqual([1, ...Array.from({ length: hours }, (_, i) => i + 1), 1]);
    expect(siteDay('Europe/Lisbon')(start)).toBe(day);
  });
});

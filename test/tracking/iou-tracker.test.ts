import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { IouTracker, type TrackingSettings } from '../../src/tracking/iou-tracker.js';
import type { Detection, TrackEvent } from '../../src/types.js';

const settings: TrackingSettings = { minOverlap: 0.2, minDurationMs: 1500, lostAfterMs: 5000, updateEveryMs: 10_000 };

const seenAt = (x: number, y = 0, target = 'aphid', score: number | null = 0.9): Detection => ({
  target,
  prompt: `a ${target}`,
  score,
  similarity: 0.3,
  box: { x, y, width: 100, height: 100 },
  scale: 100,
});

function trackerOf(changes: Partial<TrackingSettings> = {}): IouTracker {
  let ids = 0;
  return new IouTracker('leaf', { ...settings, ...changes }, () => `track-${++ids}`);
}

const told = (events: readonly TrackEvent[]) => events.map(({ type, after }) => `${type} ${after.id}`);

describe('IouTracker', () => {
  it('announces a pest once it has lasted, updates it while it lives, ends it when it is lost', () => {
    const tracker = trackerOf();
    expect(tracker.observe([seenAt(0)], 0)).toEqual([]);
    expect(tracker.live).toEqual([]);
    expect(tracker.observe([seenAt(10)], 1000)).toEqual([]);
    const [announced] = tracker.observe([seenAt(20)], 2000);
    const track = {
      id: 'track-1',
      camera: 'leaf',
      target: 'aphid',
      firstSeenMs: 0,
      lastSeenMs: 2000,
      hits: 3,
      best: seenAt(0),
      latest: seenAt(20),
    };
    expect(announced).toEqual({ type: 'new', after: track });
    expect(tracker.live).toEqual([track]);
    expect(tracker.observe([seenAt(30)], 6000)).toEqual([]);
    expect(tracker.observe([seenAt(40)], 12_000)).toEqual([
      { type: 'update', before: track, after: { ...track, lastSeenMs: 12_000, hits: 5, latest: seenAt(40) } },
    ]);
    expect(tracker.observe([], 17_000)).toEqual([]);
    const after = { ...track, lastSeenMs: 12_000, hits: 5, latest: seenAt(40) };
    expect(tracker.observe([], 17_001)).toEqual([{ type: 'end', before: after, after }]);
    expect(tracker.live).toEqual([]);
    expect(tracker.endAll()).toEqual([]);
  });

  it('says nothing of what is seen once, or vanishes before it is announced', () => {
    const tracker = trackerOf();
    const events = [0, 1000, 7000, 14_000, 21_000].flatMap((at) => tracker.observe(at < 2000 ? [seenAt(0)] : [], at));
    expect(events).toEqual([]);
    expect(tracker.endAll()).toEqual([]);
  });

  it('compares no score with one of another model or of other words, and goes on with the track', () => {
    const tracker = trackerOf({ minDurationMs: 0 });
    tracker.observe([seenAt(0, 0, 'aphid', 0.9)], 0);
    tracker.judgeAnew();
    const bests = [0.6, 0.5, 0.7].map((score, i) => {
      tracker.observe([seenAt(0, 0, 'aphid', score)], 1000 + i);
      return tracker.live.map(({ id, best }) => [id, best.score]);
    });
    expect(bests).toEqual([[['track-1', 0.6]], [['track-1', 0.6]], [['track-1', 0.7]]]);
  });

  it('announces at once where no duration is asked for', () => {
    expect(told(trackerOf({ minDurationMs: 0 }).observe([seenAt(0)], 5))).toEqual(['new track-1']);
  });

  it('keeps the best sight of a track beside the latest', () => {
    const tracker = trackerOf({ minDurationMs: 0 });
    tracker.observe([seenAt(0, 0, 'aphid', 0.6)], 0);
    tracker.observe([seenAt(5, 0, 'aphid', 0.95)], 1000);
    tracker.observe([seenAt(9, 0, 'aphid', 0.7)], 2000);
    expect(tracker.live.map(({ best, latest }) => [best.score, latest.score])).toEqual([[0.95, 0.7]]);
  });

  it('never continues a track with another target', () => {
    const tracker = trackerOf({ minDurationMs: 0 });
    expect(told(tracker.observe([seenAt(0)], 0))).toEqual(['new track-1']);
    expect(told(tracker.observe([seenAt(0, 0, 'beetle')], 1000))).toEqual(['new track-2']);
  });

  it('gives each of two neighbours its own nearest detection', () => {
    const tracker = trackerOf({ minDurationMs: 0 });
    tracker.observe([seenAt(0), seenAt(60)], 0);
    tracker.observe([seenAt(55), seenAt(5)], 1000);
    expect(tracker.live.map(({ id, latest }) => [id, latest.box.x])).toEqual([
      ['track-1', 5],
      ['track-2', 55],
    ]);
  });

  it('continues a track in a second frame of the same millisecond', () => {
    const tracker = trackerOf({ minDurationMs: 0 });
    tracker.observe([seenAt(0)], 7);
    expect(tracker.observe([seenAt(1)], 7)).toEqual([]);
    expect(tracker.live.map(({ id, hits }) => [id, hits])).toEqual([['track-1', 2]]);
  });

  it('ends what is lost although the clock was set back by an hour', () => {
    const tracker = trackerOf({ minDurationMs: 0 });
    tracker.observe([seenAt(0)], 3_600_000);
    expect(told(tracker.observe([], 1000))).toEqual(['end track-1']);
  });

  it('follows what is still seen over a clock that was set back, its times in order', () => {
    const tracker = trackerOf({ minDurationMs: 0 });
    tracker.observe([seenAt(0)], 3_600_000);
    expect(told(tracker.observe([seenAt(0)], 1000))).toEqual(['update track-1']);
    expect(tracker.live.map(({ firstSeenMs, lastSeenMs }) => [firstSeenMs, lastSeenMs])).toEqual([[1000, 1000]]);
  });

  it('ends the tracks of targets that are looked for no more, and follows the others', () => {
    const tracker = trackerOf({ minDurationMs: 0 });
    tracker.observe([seenAt(0), seenAt(500, 0, 'beetle')], 0);
    expect(told(tracker.endOthers(['beetle', 'mite']))).toEqual(['end track-1']);
    tracker.observe([seenAt(505, 0, 'beetle')], 1000);
    expect(tracker.live.map(({ id, hits }) => [id, hits])).toEqual([['track-2', 2]]);
  });

  it('ends every announced track at a stop', () => {
    const tracker = trackerOf({ minDurationMs: 0 });
    tracker.observe([seenAt(0), seenAt(500)], 0);
    expect(told(tracker.endAll())).toEqual(['end track-1', 'end track-2']);
    expect(tracker.live).toEqual([]);
  });
});

const detection = fc
  .record({
    x: fc.integer({ min: 0, max: 300 }),
    y: fc.integer({ min: 0, max: 300 }),
    side: fc.integer({ min: 10, max: 200 }),
    target: fc.constantFrom('aphid', 'beetle'),
    score: fc.oneof(fc.constant(null), fc.double({ min: 0, max: 1, noNaN: true })),
  })
  .map(
    ({ x, y, side, target, score }): Detection => ({
      ...seenAt(0, 0, target, score),
      box: { x, y, width: side, height: side },
    }),
  );

const frames = fc.array(
  fc.record({ stepMs: fc.integer({ min: 0, max: 8000 }), detections: fc.array(detection, { maxLength: 6 }) }),
  { maxLength: 30 },
);

const anySettings = fc.record({
  minOverlap: fc.double({ min: 0.01, max: 1, noNaN: true }),
  minDurationMs: fc.constantFrom(0, 1500, 10_000),
  lostAfterMs: fc.constantFrom(0, 5000),
  updateEveryMs: fc.constantFrom(100, 10_000),
});

describe('any run of frames', () => {
  it("gives a track's events in order: one new, updates, at most one end, and none after it", () => {
    fc.assert(
      fc.property(frames, anySettings, (run, changes) => {
        const tracker = trackerOf(changes);
        const events: TrackEvent[] = [];
        let at = 0;
        for (const { stepMs, detections } of run) {
          at += stepMs;
          events.push(...tracker.observe(detections, at));
          const open = new Set(openTracks(events));
          expect(new Set(tracker.live.map(({ id }) => id))).toEqual(open);
        }
        events.push(...tracker.endAll());
        for (const id of new Set(events.map(({ after }) => after.id))) {
          const life = events.filter(({ after }) => after.id === id);
          expect(life.map(({ type }) => type).join(' ')).toMatch(/^new( update)* end$/);
          expect(life[0]?.before).toBeUndefined();
          for (const [i, { before }] of life.entries()) if (i > 0) expect(before).toEqual(toldBefore(life, i));
          const targets = new Set(life.map(({ after }) => after.target));
          expect(targets.size).toBe(1);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('counts each detection in one track only', () => {
    fc.assert(
      fc.property(frames, (run) => {
        const tracker = trackerOf({ minDurationMs: 0, lostAfterMs: 1e9 });
        let given = 0;
        for (const [i, { detections }] of run.entries()) {
          given += detections.length;
          tracker.observe(detections, i * 1000);
        }
        expect(tracker.live.reduce((sum, { hits }) => sum + hits, 0)).toBe(given);
      }),
      { numRuns: 300 },
    );
  });
});

function openTracks(events: readonly TrackEvent[]): readonly string[] {
  const ended = new Set(events.filter(({ type }) => type === 'end').map(({ after }) => after.id));
  return events.filter(({ type, after }) => type === 'new' && !ended.has(after.id)).map(({ after }) => after.id);
}

/** What was last told of a track: the `after` of the event before. */
const toldBefore = (life: readonly TrackEvent[], i: number) => life[i - 1]?.after;
